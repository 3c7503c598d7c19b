import type { KubeObject } from './objects.ts';

/** A container as far as it is edited. `null` is what YAML makes of a field with nothing behind it. */
export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly EnvVar[] | null;
  readonly readinessProbe?: object;
  readonly [field: string]: unknown;
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: object;
}

/** The pod's part of a controller's template. */
export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly { readonly name: string; readonly [field: string]: unknown }[];
  readonly [field: string]: unknown;
}

/** A controller (DaemonSet, Deployment) with another pod spec. */
export function withPodSpec(controller: KubeObject, change: (pod: PodSpec) => PodSpec): KubeObject {
  const spec = controller['spec'] as { readonly template: { readonly spec: PodSpec } };
  const template = { ...spec.template, spec: change(spec.template.spec) };
  return { ...controller, spec: { ...spec, template } };
}

/** The pod with the container of that name changed, be it an init container or not; others stay as they are. */
export function withContainer(pod: PodSpec, name: string, change: (one: Container) => Container): PodSpec {
  return eachContainer(pod, (container) => (container.name === name ? change(container) : container));
}

/** Every image at this tag, and pulled only where a node lacks it, so that what runs is what was asked for. */
export function withImageTag(pod: PodSpec, tag: string): PodSpec {
  return eachContainer(pod, (container) => ({
    ...container,
    image: `${(container.image ?? '').replace(/:[^:/]*$/, '')}:${tag}`,
    imagePullPolicy: 'IfNotPresent',
  }));
}

/** Variables of fixed values: name → value. */
export function envVars(values: Readonly<Record<string, string>>): readonly EnvVar[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

/** The container with these variables, in place of those of the same names. */
export function withEnv(container: Container, variables: readonly EnvVar[]): Container {
  const kept = (container.env ?? []).filter(({ name }) => !variables.some((one) => one.name === name));
  return { ...container, env: [...kept, ...variables] };
}

/** The container with these flags: `--name` → value, in place of `--name=…`. */
export function withFlags(container: Container, flags: Readonly<Record<string, string>>): Container {
  const kept = (container.args ?? []).filter((arg) => !Object.hasOwn(flags, arg.split('=')[0] ?? ''));
  const args = Object.entries(flags).map(([name, value]) => `${name}=${value}`);
  return { ...container, args: [...kept, ...args] };
}

function eachContainer(pod: PodSpec, change: (container: Container) => Container): PodSpec {
  const { containers, initContainers } = pod;
  return {
    ...pod,
    containers: containers.map(change),
    ...(initContainers === undefined ? {} : { initContainers: initContainers.map(change) }),
  };
}
