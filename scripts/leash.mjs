// Preloaded (`node --import`) into the processes that scripts/stack.ts starts. Their standard input is a pipe that the starter
// holds; when it closes, because the starter ended or was killed, the process ends itself as if it had been asked to.
process.stdin.once('close', () => {
  process.kill(process.pid, 'SIGTERM');
  // Whoever ignores the request does not become an orphan.
  setTimeout(() => process.exit(1), 15_000).unref();
});
process.stdin.resume();
process.stdin.unref();
