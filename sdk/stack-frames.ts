/**
 * What a resource costs the program beside its properties: the SDK takes a stack trace for each property, which ts-node maps
 * back to the sources, and writes the one of the resource into state, down to the first line of Node. Half the time of a
 * program, and a fifth of the state, of many resources (docs/engine.md#fact-24).
 */

/** The frames of the SDK that stand above the program's line, which it counts and leaves out. */
const FRAMES_OF_SDK = 5;

/**
 * Until the function that it returns is called, resources are made with one frame of stack trace: the line of the program
 * that declares it. The SDK lifts the limit for that one alone; the others, four a property, serve its own search for
 * promises that never end.
 */
export function withOneFrame(): () => void {
  const own = Error as { prepareStackTrace?: typeof Error.prepareStackTrace };
  const { stackTraceLimit: limit } = Error;
  const before = own.prepareStackTrace;
  const format = before ?? asText;
  Error.stackTraceLimit = 0;
  own.prepareStackTrace = (error, frames) =>
    Error.stackTraceLimit === Number.POSITIVE_INFINITY ? (format(error, oneFrame(frames)) as unknown) : "";
  return () => {
    own.prepareStackTrace = before;
    Error.stackTraceLimit = limit;
  };
}

/** An error that was thrown meanwhile, with the trace that it has not: down to the line of the program. */
export function traced(error: unknown): unknown {
  if (error instanceof Error) Error.captureStackTrace(error, traced);
  return error;
}

/** The frames that the SDK leaves out, and the first one that is neither its nor ours. */
function oneFrame(frames: NodeJS.CallSite[]): NodeJS.CallSite[] {
  const program = frames.findIndex(
    (frame, at) => at >= FRAMES_OF_SDK && !frame.getFileName()?.startsWith(__dirname),
  );
  return program < 0 ? frames : [...frames.slice(0, FRAMES_OF_SDK), ...frames.slice(program, program + 1)];
}

/** As Node itself writes it. */
const asText = (error: Error, frames: NodeJS.CallSite[]): string =>
  [String(error), ...frames.map(String)].join("\n    at ");
