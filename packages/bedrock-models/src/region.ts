/** Used when nothing else names a region: the workshop's, where all of its models are offered. */
export const defaultRegion = 'us-east-1';
