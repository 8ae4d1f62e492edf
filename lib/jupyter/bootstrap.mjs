// For lifecycle scripts of SageMaker Studio that were attached when the set-up began here.
await import(new URL('../../packages/workshop/src/bootstrap.cjs', import.meta.url).href);
