/** The REST routes, one function each. A refused request becomes `RequestFailed` with its problems. */
import type {
  AnyCommand,
  BranchRequest,
  Catalog,
  CheckReply,
  CsvReply,
  Data,
  DataPreview,
  ErrorReply,
  Experiment,
  ExplainReply,
  ExplainRequest,
  FindingReply,
  FitReply,
  FitRequest,
  InspectReply,
  InspectRequest,
  GradcheckReply,
  LearningRateReply,
  Prediction,
  Problem,
  RaceReply,
  RaceRequest,
  RunReply,
  RunsReply,
  SampleReply,
  SampleRequest,
  ScriptReply,
  ScriptRequest,
  StartRequest,
  SurfaceReply,
  SurfaceRequest,
  TensorOps,
  TensorsReply,
  TensorsRequest,
  UseAsDataRequest,
  VerifyReply,
  VjpReply,
  VjpRequest,
} from "./protocol";

export class RequestFailed extends Error {
  constructor(
    /** HTTP status; 0 where no answer came. */
    readonly status: number,
    readonly problems: Problem[],
  ) {
    super(problems.map((problem) => problem.message).join(" "));
    this.name = "RequestFailed";
  }
}

const NO_SESSION = 401;

/** Of a request that was not answered: it is so until the line is there again. */
export const NO_ANSWER: Problem = {
  where: "",
  message: "The server does not answer.",
  fix: "Nothing is lost: start it again and go on here.",
  severity: "error",
};

/** The problems behind anything that was thrown. */
export function problemsOf(error: unknown): Problem[] {
  if (error instanceof RequestFailed) return error.problems;
  const message = error instanceof Error ? error.message : String(error);
  return [{ where: "", message, fix: null, severity: "error" }];
}

async function request(path: string, init?: RequestInit): Promise<Response> {
  let response = await ask(path, init);
  if (response.status === NO_SESSION && (await renewSession())) response = await ask(path, init);
  if (response.ok) return response;
  throw new RequestFailed(response.status, await readProblems(response));
}

async function ask(path: string, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { credentials: "same-origin", ...init });
  } catch (error) {
    if (init?.signal?.aborted) throw error;
    throw new RequestFailed(0, [NO_ANSWER]);
  }
}

/** Sessions end with their server. Loading the page sets a new one's cookie; resolves to whether it did. */
export async function renewSession(): Promise<boolean> {
  const page = await fetch("/", { credentials: "same-origin", cache: "no-store" }).catch(() => null);
  return page?.ok ?? false;
}

async function readProblems(response: Response): Promise<Problem[]> {
  try {
    const reply = (await response.json()) as ErrorReply;
    if (reply.problems.length > 0) return reply.problems;
  } catch {
    // Not ours: a proxy's page, or a body cut short. The status line is what there is to say.
  }
  const message = `The server answered ${response.status} ${response.statusText}.`;
  return [{ where: "", message, fix: null, severity: "error" }];
}

async function get<T>(path: string): Promise<T> {
  return (await (await request(path)).json()) as T;
}

async function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const response = await request(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });
  return (await response.json()) as T;
}

const run = (id: string, rest = "") => `/api/runs/${encodeURIComponent(id)}${rest}`;

export const api = {
  catalog: () => get<Catalog>("/api/catalog"),
  check: (experiment: Experiment) => post<CheckReply>("/api/experiments/check", experiment),
  findLearningRate: (experiment: Experiment, signal: AbortSignal) =>
    post<LearningRateReply>("/api/experiments/learning-rate", experiment, signal),
  preview: (data: Data) => post<DataPreview>("/api/data/preview", { data }),
  async csv(name: string, bytes: Blob): Promise<CsvReply> {
    const response = await request(`/api/data/csv?name=${encodeURIComponent(name)}`, {
      method: "POST",
      headers: { "Content-Type": "text/csv" },
      body: bytes,
    });
    return (await response.json()) as CsvReply;
  },

  start: (body: StartRequest) => post<RunReply>("/api/runs", body),
  run: (id: string) => get<RunReply>(run(id)),
  runs: () => get<RunsReply>("/api/runs"),
  branch: (id: string, body: BranchRequest) => post<RunReply>(run(id, "/branch"), body),
  race: (body: RaceRequest) => post<RaceReply>("/api/races", body),
  command: (id: string, command: AnyCommand) => post<RunReply>(run(id, "/command"), command),
  predict: (id: string, inputs: number[][], signal?: AbortSignal) =>
    post<Prediction>(run(id, "/predict"), { inputs }, signal),
  sample: (id: string, body: SampleRequest) => post<SampleReply>(run(id, "/sample"), body),
  surface: (id: string, body: SurfaceRequest) => post<SurfaceReply>(run(id, "/surface"), body),
  finding: (id: string, signal: AbortSignal) => post<FindingReply>(run(id, "/finding"), {}, signal),
  gradcheck: (id: string) => post<GradcheckReply>(run(id, "/gradcheck"), {}),
  startVerify: (id: string) => post<VerifyReply>(run(id, "/verify"), {}),
  verify: (id: string) => get<VerifyReply>(run(id, "/verify")),
  weights: async (id: string) => (await request(run(id, "/weights"))).blob(),
  replay: async (id: string) => (await request(run(id, "/replay"))).blob(),

  script: (body: ScriptRequest) => post<ScriptReply>("/api/exports/script", body),

  tensors: (body: TensorsRequest) => post<TensorsReply>("/api/tensors", body),
  tensorOps: () => get<TensorOps>("/api/tensors/ops"),
  fit: (body: FitRequest) => post<FitReply>("/api/tensors/fit", body),
  explain: (body: ExplainRequest, signal?: AbortSignal) => post<ExplainReply>("/api/tensors/explain", body, signal),
  vjp: (body: VjpRequest) => post<VjpReply>("/api/tensors/vjp", body),
  useAsData: (body: UseAsDataRequest) => post<CsvReply>("/api/tensors/data", body),
  inspect: (id: string, body: InspectRequest) => post<InspectReply>(run(id, "/inspect"), body),
};
