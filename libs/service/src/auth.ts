import { createHash, timingSafeEqual } from "node:crypto";
import { type Metadata, ServerInterceptingCall, type ServerInterceptor, ServerListenerBuilder } from "@grpc/grpc-js";
import { Code, problem } from "@sluice/core";
import { statusOf } from "@sluice/transport";
import type { Configuration } from "./configuration.ts";
import { isHealthMethod } from "./methods.ts";
import { isBearerToken } from "./setting.ts";
import { readSettingFile, settingFileError } from "./setting-file.ts";

/** The tokens that clients may present, from the setting or its file; none: anyone may call. */
export function acceptedTokens({ tokens, tokensFile }: Configuration): readonly string[] {
  if (tokensFile === "") return tokens;
  const lines = readSettingFile("tokensFile", tokensFile)
    .toString("utf8")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (lines.length > 0 && lines.every(isBearerToken)) return lines;
  throw settingFileError(
    "tokensFile",
    tokensFile,
    "TOKEN_INVALID",
    "The file does not hold one bearer token per line.",
  );
}

/**
 * Refuses calls without one of the tokens (UNAUTHENTICATED); health checks need none.
 *
 * @param onRefused told the method, never what was presented
 */
export function tokenGuard(tokens: readonly string[], onRefused: (method: string) => void): ServerInterceptor {
  const accepted = tokens.map(digest);
  return (method, call) => {
    if (isHealthMethod(method.path)) return new ServerInterceptingCall(call);
    const guarded = new ServerInterceptingCall(call, {
      start: (next) =>
        next(
          new ServerListenerBuilder()
            .withOnReceiveMetadata((metadata, proceed) => {
              if (presentsOne(metadata, accepted)) return proceed(metadata);
              onRefused(method.path);
              guarded.sendStatus(statusOf(unauthenticated(metadata)));
            })
            .build(),
        ),
    });
    return guarded;
  };
}

// Digests have one length, and every one is compared: the time tells nothing about the tokens.
function presentsOne(metadata: Metadata, accepted: readonly Buffer[]): boolean {
  const presented = digest(presentedToken(metadata) ?? "");
  let found = false;
  for (const candidate of accepted) found = timingSafeEqual(presented, candidate) || found;
  return found;
}

function presentedToken(metadata: Metadata): string | undefined {
  const header = metadata.get("authorization")[0]?.toString() ?? "";
  return /^bearer +(\S+)$/i.exec(header)?.[1];
}

function unauthenticated(metadata: Metadata) {
  const presented = presentedToken(metadata) !== undefined;
  return problem({
    reason: presented ? "TOKEN_UNKNOWN" : "TOKEN_MISSING",
    message: presented
      ? "The bearer token is not one that this service accepts."
      : "This service asks for a bearer token.",
    field: "metadata.authorization",
    allowed: ["Bearer TOKEN"],
    remedy: "Ask the operator of the service for a token.",
    grpcCode: Code.UNAUTHENTICATED,
  });
}

function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
