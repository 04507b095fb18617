/**
 * Draws public/world.svg: the countries on an equal-area projection (Equal Earth), by alpha-2 code, small states as dots.
 * The shapes are Natural Earth's (public domain) as packed by `world-atlas` 2.0.2; none of the packages is a dependency. To draw anew:
 *
 *   mkdir /tmp/map && cd /tmp/map && npm install world-atlas@2.0.2 topojson-client@3 d3-geo@3 i18n-iso-countries@7
 *   node scripts/world-map.mjs /tmp/map
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const folder = process.argv[2];
if (!folder) throw new Error('Give the folder where the packages are installed.');
const from = createRequire(path.join(folder, 'package.json'));
const { geoEqualEarth, geoPath } = await import(from.resolve('d3-geo'));
const { merge } = await import(from.resolve('topojson-client'));
const { numericToAlpha2 } = from('i18n-iso-countries');

const WIDTH = 2000;
/** Below this area in square units a country cannot be pointed at: it is a dot. */
const SMALL = 46;
/** Without a number of its own in ISO 3166-1: Kosovo has a user-assigned code, the others are drawn with the country whose numbers they use. */
const BY_NAME = { Kosovo: 'XK', 'N. Cyprus': 'CY', Somaliland: 'SO' };

function countries(file) {
  const topology = from(`world-atlas/${file}.json`);
  const parts = new Map();
  for (const geometry of topology.objects.countries.geometries) {
    const code = BY_NAME[geometry.properties.name] ?? (geometry.id ? numericToAlpha2(geometry.id) : undefined);
    if (code && code !== 'AQ') parts.set(code, [...(parts.get(code) ?? []), geometry]);
  }
  return new Map([...parts].map(([code, geometries]) => [code, merge(topology, geometries)]));
}

const coarse = countries('countries-110m');
const fine = countries('countries-50m');
const land = { type: 'GeometryCollection', geometries: [...coarse.values()] };
const projection = geoEqualEarth().fitWidth(WIDTH, land);
const draw = geoPath(projection);
const height = Math.ceil(draw.bounds(land)[1][1]);

/** Whole units and relative steps: a third of the size, and nothing lost at the size it is shown. */
function outline(geometry) {
  const rings = [];
  let ring = [];
  geoPath(projection, {
    beginPath() {},
    moveTo(x, y) {
      ring = [[Math.round(x), Math.round(y)]];
      rings.push(ring);
    },
    lineTo(x, y) {
      const [lastX, lastY] = ring.at(-1);
      const point = [Math.round(x), Math.round(y)];
      if (point[0] !== lastX || point[1] !== lastY) ring.push(point);
    },
    closePath() {},
    arc() {},
  })(geometry);
  return rings
    .filter((points) => points.length > 2)
    .map((points) => {
      const steps = points.slice(1).map(([x, y], at) => `${x - points[at][0]} ${y - points[at][1]}`);
      return `M${points[0].join(' ')}l${steps.join(' ').replaceAll(' -', '-')}z`;
    })
    .join('');
}

const shapes = [...new Set([...coarse.keys(), ...fine.keys()])].sort().map((code) => {
  const shape = coarse.get(code);
  if (shape && draw.area(shape) >= SMALL) return `<path id="${code}" d="${outline(shape)}"/>`;
  const [x, y] = draw.centroid(fine.get(code) ?? shape);
  return `<circle id="${code}" cx="${Math.round(x)}" cy="${Math.round(y)}" r="6"/>`;
});

const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}"><!-- Made by scripts/world-map.mjs from Natural Earth (public domain), Equal Earth projection. --><g id="world">${shapes.join('\n')}</g></svg>\n`;
writeFileSync(path.join(import.meta.dirname, '../public/world.svg'), svg);
console.log(`${shapes.length} countries, ${WIDTH} × ${height}, ${(svg.length / 1024).toFixed(1)} KB`);
