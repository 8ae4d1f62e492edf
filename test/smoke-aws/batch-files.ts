import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type BatchPlaces, batchInput } from './account-calls.ts';

/** The files of the batch job: the one that it reads, and what it wrote in the run's own folder. */
export function batchFiles({ folder }: BatchPlaces, region: string, upstream: string | undefined) {
  const { host: Bucket, pathname } = new URL(`${folder}/`);
  const prefix = pathname.slice(1);
  const startedAt = new Date(Date.now() - 60_000);
  const withClient = async (work: (client: S3Client) => Promise<unknown>): Promise<void> => {
    const client = new S3Client({ region, ...(upstream && { endpoint: upstream, forcePathStyle: true }) });
    try {
      await work(client);
    } finally {
      client.destroy();
    }
  };
  return {
    put: () =>
      withClient((client) =>
        client.send(new PutObjectCommand({ Bucket, Key: `${prefix}input.jsonl`, Body: batchInput })),
      ),
    /** What was there before the run stays. */
    takeAway: () =>
      withClient(async (client) => {
        const listed = await client.send(new ListObjectsV2Command({ Bucket, Prefix: `${prefix}output/` }));
        const written = (listed.Contents ?? []).filter(
          ({ LastModified }) => LastModified !== undefined && LastModified >= startedAt,
        );
        for (const Key of [`${prefix}input.jsonl`, ...written.map((one) => one.Key)]) {
          await client.send(new DeleteObjectCommand({ Bucket, Key }));
        }
      }),
  };
}
