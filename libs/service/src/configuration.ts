import { Code, didYouMean, type Parsed, problem, SluiceError } from "@sluice/core";
import type { Problem } from "@sluice/proto";
import * as v from "valibot";
import {
  address,
  bearerToken,
  bearerTokens,
  byteCount,
  flag,
  formatAddresses,
  notesOf,
  objectRoots,
  oneOf,
  type SettingNotes,
  secretSetting,
  setting,
  text,
  webAddress,
  wholeNumber,
} from "./setting.ts";

/** Every setting of every service: the property `outputRoot` is read from SLUICE_OUTPUT_ROOT. */
const settings = {
  host: setting("Address to listen on: 0.0.0.0 for all interfaces, unix:PATH for a socket.", "127.0.0.1", text),
  port: setting("Port to listen on; 0 takes any free one.", "50051", wholeNumber(0, 65_535)),
  graceSeconds: setting("How long running calls may go on after SIGTERM, in seconds.", "25", wholeNumber(0, 86_400)),
  logLevel: setting("Least serious log line that is written.", "info", oneOf(["debug", "info", "warn", "error"])),

  outputRoot: setting("Folder below which clients may have artifacts written; none may when unset.", "", text),
  s3Prefixes: setting(
    "Places in an object store that clients may have artifacts uploaded below, s3://bucket/prefix between commas; none when unset.",
    "",
    objectRoots,
  ),
  s3Endpoint: setting("Address of an object store that is not Amazon's, such as http://minio:9000.", "", webAddress),
  s3Region: setting("Region of the object store; unset, AWS_REGION or the profile say it.", "", text),
  s3ForcePathStyle: setting(
    "Name buckets in the path (true) or in the host name (false); auto: in the path when there is an endpoint.",
    "auto",
    oneOf(["auto", "true", "false"]),
  ),
  s3Attempts: setting(
    "How often a request to the object store is tried; ten span about half a minute.",
    "10",
    wholeNumber(1, 100),
  ),
  s3TransferBytes: setting(
    "Bytes on their way to the object store at once, of all exports together; more for a fast, distant store.",
    "16MiB",
    byteCount(8 * 2 ** 20, 2 ** 40),
  ),
  formats: setting("Services that the gateway passes branches to, NAME=host:port between commas.", "", formatAddresses),
  analysis: setting(
    "Service that steps are passed to, host:port; exports with steps are refused when unset.",
    "",
    address,
  ),

  tlsCertificateFile: setting("PEM file of this service's certificate chain; plain text when unset.", "", text),
  tlsKeyFile: setting("PEM file of the certificate's private key.", "", text),
  tlsClientCaFile: setting("PEM file of the authority that client certificates must come from (mTLS).", "", text),
  tokens: secretSetting(
    "Bearer tokens that clients may present, between commas; anyone may call when unset.",
    bearerTokens,
  ),
  tokensFile: setting("File with one such token per line, instead.", "", text),

  clientTls: setting("Call other services over TLS, trusting the system's authorities.", "false", flag),
  clientCaFile: setting("PEM file of the authority of other services' certificates; implies TLS.", "", text),
  clientCertificateFile: setting("PEM file of the certificate to show to other services.", "", text),
  clientKeyFile: setting("PEM file of that certificate's private key.", "", text),
  clientToken: secretSetting("Bearer token to present to other services.", bearerToken),
  clientTokenFile: setting("File that holds this token, instead.", "", text),

  limitBytes: setting("Payload bytes that one call may send.", "1TiB", byteCount(1, 2 ** 50)),
  limitArrays: setting("Arrays that one call may open, and as many tables.", "1024", wholeNumber(1, 1_000_000)),
  limitRank: setting("Axes that an array may have.", "16", wholeNumber(1, 64)),
  limitArtifacts: setting("Artifacts that one call may write.", "10000", wholeNumber(1, 10_000_000)),
  limitSeconds: setting("Seconds that one call may last.", "86400", wholeNumber(1, 2_000_000)),
  limitOpeningSeconds: setting(
    "Seconds that a client has to open its job, for a silent call takes the place of another.",
    "30",
    wholeNumber(1, 2_000_000),
  ),
  limitCalls: setting("Exports that may run at once; more are refused.", "16", wholeNumber(1, 100_000)),
  windowBytes: setting("HTTP/2 flow control window; 8MiB for distant clients.", "1MiB", byteCount(65_535, 2 ** 30)),
};

type Settings = typeof settings;

/** Name of a setting. */
export type SettingName = keyof Settings;

/** Values of all settings. */
export type Configuration = { readonly [Name in SettingName]: v.InferOutput<Settings[Name]> };

/** Where values come from: the environment, below what the command line says. */
export type Environment = Readonly<Record<string, string | undefined>>;
export type Overrides = { readonly [Name in SettingName]?: string };

/** What an operator can set. */
export interface SettingDescription extends SettingNotes {
  readonly name: SettingName;
  /** Environment variable. */
  readonly variable: string;
}

const prefix = "SLUICE_";
const settingNames = Object.keys(settings) as SettingName[];

/** All settings, in the order of the documentation. */
export const settingDescriptions: readonly SettingDescription[] = settingNames.map((name) => ({
  name,
  variable: prefix + name.replace(/[A-Z]/g, (capital) => `_${capital}`).toUpperCase(),
  ...notesOf(settings[name]),
}));

const variableOf = Object.fromEntries(settingDescriptions.map(({ name, variable }) => [name, variable])) as Record<
  SettingName,
  string
>;

/** Checks the environment: the configuration, or a problem for each fault. An empty value counts as unset. */
export function checkConfiguration(environment: Environment, overrides: Overrides = {}): Parsed<Configuration> {
  const given = givenTexts(environment, overrides);
  const result = v.safeParse(v.object(settings), given);
  const problems = [
    ...unknownNames(environment),
    ...(result.success ? contradictions(result.output) : result.issues.map((issue) => invalidValue(issue, given))),
  ];
  if (problems.length > 0 || !result.success) return { problems };
  return { options: result.output, problems: [] };
}

/** The configuration; throws the first fault. */
export function readConfiguration(environment: Environment, overrides: Overrides = {}): Configuration {
  const checked = checkConfiguration(environment, overrides);
  if ("options" in checked) return checked.options;
  throw new SluiceError(checked.problems[0] as Problem);
}

/** Every setting with what it does and its value, as a file of the form that `node --env-file` reads. */
export function printConfiguration(environment: Environment, overrides: Overrides = {}): string {
  const given = givenTexts(environment, overrides);
  return settingDescriptions
    .map(({ name, variable, doc, fallback, secret }) => {
      const value = given[name] ?? fallback;
      const shown = secret && value !== "" ? "***" : value;
      return `# ${doc} Default: ${fallback === "" ? "unset" : fallback}.\n${variable}=${shown}\n`;
    })
    .join("\n");
}

function givenTexts(environment: Environment, overrides: Overrides): Partial<Record<SettingName, string>> {
  const given: Partial<Record<SettingName, string>> = {};
  for (const name of settingNames) {
    const value = (overrides[name] ?? environment[variableOf[name]] ?? "").trim();
    if (value !== "") given[name] = value;
  }
  return given;
}

// Kubernetes sets variables for each of its services: one called sluice-gateway gives SLUICE_GATEWAY_SERVICE_HOST,
// SLUICE_GATEWAY_PORT=tcp://... and SLUICE_GATEWAY_PORT_50051_TCP_ADDR to every container beside it.
const serviceLink = /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/;
const serviceLinkValue = /^(tcp|udp|sctp):\/\//;

function unknownNames(environment: Environment): Problem[] {
  const known = settingDescriptions.map(({ variable }) => variable);
  return Object.entries(environment)
    .filter(([name]) => name.startsWith(prefix) && !known.includes(name))
    .filter(([name, value]) => !serviceLink.test(name) && !serviceLinkValue.test(value ?? ""))
    .map(([name]) =>
      problem({
        reason: "SETTING_UNKNOWN",
        message: "There is no setting of this name.",
        field: name,
        allowed: known,
        remedy: didYouMean(name, known, 1) ?? "Unset it.",
        grpcCode: Code.FAILED_PRECONDITION,
      }),
    );
}

function invalidValue(issue: v.BaseIssue<unknown>, given: Partial<Record<SettingName, string>>): Problem {
  const name = v.getDotPath(issue) as SettingName;
  const value = given[name] ?? "";
  const linked = serviceLinkValue.test(value);
  return problem({
    reason: "SETTING_INVALID",
    message: "The setting has a value that is not allowed.",
    field: variableOf[name],
    got: notesOf(settings[name]).secret ? "***" : JSON.stringify(value),
    allowed: [issue.message],
    remedy: linked
      ? "Kubernetes set it for a service of this name: set enableServiceLinks to false."
      : `Correct it, or unset it for the default.`,
    grpcCode: Code.FAILED_PRECONDITION,
  });
}

function contradictions(configuration: Configuration): Problem[] {
  const problems: Problem[] = [];
  const needs = (name: SettingName, other: SettingName) => {
    if (configuration[name] === "" || configuration[other] !== "") return;
    problems.push(contradiction(name, `It needs ${variableOf[other]} as well.`, `Set ${variableOf[other]}.`));
  };
  const excludes = (name: SettingName, other: SettingName) => {
    if (configuration[name].toString() === "" || configuration[other] === "") return;
    problems.push(contradiction(name, `${variableOf[other]} says the same thing.`, "Unset one of the two."));
  };
  needs("tlsCertificateFile", "tlsKeyFile");
  needs("tlsKeyFile", "tlsCertificateFile");
  needs("tlsClientCaFile", "tlsCertificateFile");
  needs("clientCertificateFile", "clientKeyFile");
  needs("clientKeyFile", "clientCertificateFile");
  excludes("tokens", "tokensFile");
  excludes("clientToken", "clientTokenFile");
  return problems;
}

function contradiction(name: SettingName, message: string, remedy: string): Problem {
  return problem({
    reason: "SETTING_CONTRADICTION",
    message,
    field: variableOf[name],
    remedy,
    grpcCode: Code.FAILED_PRECONDITION,
  });
}
