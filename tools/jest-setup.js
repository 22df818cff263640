// Property tests try the same cases in every run; FC_SEED=NUMBER searches elsewhere.
import fc from "fast-check";

fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20_260_101) });
