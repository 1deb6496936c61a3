/** Puts this process's environment variables back after each test of a suite, into the real ones: a copy is not what Node itself reads. */
export function keepEnvironment(): void {
  let saved: NodeJS.ProcessEnv;
  beforeEach(() => (saved = { ...process.env }));
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (saved[name] === undefined) delete process.env[name];
    Object.assign(process.env, saved);
  });
}
