/** The status of a node or a pod, as far as its conditions go. */
export interface Conditions {
  readonly conditions?: readonly Condition[];
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly message?: string;
}

/** Undefined where nobody has said anything about it yet. @param type such as `Ready`; there is one of each. */
export function conditionOf({ conditions }: Conditions, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Whether a node or a pod has the condition Ready. */
export function isReady(status: Conditions): boolean {
  return conditionOf(status, 'Ready')?.status === 'True';
}
