import { type ListedModel, listedModels } from 'bedrock-models';
import { accountId } from './access.ts';
import { isGone } from './resolve-model.ts';
import type { Service } from './service.ts';

/** A geography: from which regions its profiles are called, and to which regions they send requests. */
interface Geography {
  readonly name: string;
  readonly from: RegExp;
  readonly destinations: readonly string[];
}

/**
 * The geographies of system inference profiles. Destinations differ a little from model to model at AWS; these are the
 * usual ones, five at most as in the API. A global profile names no region.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
 */
const geographies: Readonly<Record<string, Geography>> = {
  us: { name: 'US', from: /^(us-(?!gov)|ca-)/, destinations: ['us-east-1', 'us-east-2', 'us-west-2'] },
  'us-gov': { name: 'US-GOV', from: /^us-gov-/, destinations: ['us-gov-east-1', 'us-gov-west-1'] },
  ca: { name: 'CA', from: /^ca-/, destinations: ['ca-central-1', 'us-east-1', 'us-east-2', 'us-west-2'] },
  eu: {
    name: 'EU',
    from: /^eu-/,
    destinations: ['eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-west-1', 'eu-west-3'],
  },
  apac: {
    name: 'APAC',
    from: /^ap-/,
    destinations: ['ap-northeast-1', 'ap-northeast-2', 'ap-south-1', 'ap-southeast-1', 'ap-southeast-2'],
  },
  jp: { name: 'JP', from: /^ap-northeast-[13]$/, destinations: ['ap-northeast-1', 'ap-northeast-3'] },
  au: { name: 'AU', from: /^ap-southeast-[246]$/, destinations: ['ap-southeast-2', 'ap-southeast-4'] },
  global: { name: 'Global', from: /^(?!us-gov-|cn-)/, destinations: [''] },
};

/** A profile as ListInferenceProfiles and GetInferenceProfile describe it. */
export interface InferenceProfile {
  readonly inferenceProfileId: string;
  readonly inferenceProfileArn: string;
  readonly inferenceProfileName: string;
  readonly description: string;
  readonly models: readonly { readonly modelArn: string }[];
  readonly status: 'ACTIVE';
  readonly type: 'SYSTEM_DEFINED';
  readonly createdAt?: string;
  readonly updatedAt?: string;
}

/** The system's inference profiles that can be called from the endpoint's region, without those of retired models. */
export function inferenceProfiles(service: Service): readonly InferenceProfile[] {
  return listedModels
    .filter((model) => !isGone(model, service))
    .flatMap((model) =>
      model.profiles.flatMap((prefix) => {
        const geography = geographies[prefix];
        return geography?.from.test(service.region) ? [describe(model, prefix, geography, service)] : [];
      }),
    );
}

function describe(
  model: ListedModel,
  prefix: string,
  { name, destinations }: Geography,
  { region }: Service,
): InferenceProfile {
  const inferenceProfileId = `${prefix}.${model.id}`;
  const places = destinations.join(', ') || 'all supported regions';
  const day = model.startOfLife === undefined ? undefined : `${model.startOfLife}T00:00:00Z`;
  return {
    inferenceProfileId,
    inferenceProfileArn: `arn:aws:bedrock:${region}:${accountId}:inference-profile/${inferenceProfileId}`,
    inferenceProfileName: `${name} ${model.provider} ${model.name}`,
    description: `Routes requests to ${model.name} in ${places}.`,
    models: destinations.map((destination) => ({
      modelArn: `arn:aws:bedrock:${destination}::foundation-model/${model.id}`,
    })),
    status: 'ACTIVE',
    type: 'SYSTEM_DEFINED',
    ...(day === undefined ? {} : { createdAt: day, updatedAt: day }),
  };
}
