# One image for every role (WATCHWORD_ROLES).
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev && rm -rf .next/cache

FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
COPY --from=build --chown=node:node /app ./
# The first start keeps its setup token here, unless WATCHWORD_SETUP_TOKEN gives one.
RUN mkdir -p .watchword && chown node:node .watchword
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/api/health`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node itself is process 1, so SIGTERM reaches the server, which drains and ends.
# A young generation of twice the usual size: at full load a request lives longer than a small one is swept.
CMD ["node", "--max-semi-space-size=32", "--import", "tsx", "server.ts"]
