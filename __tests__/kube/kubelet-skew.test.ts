import { describe, expect, test } from '@jest/globals';
import { skewProblem } from '../../src/kube/kubelet-skew.ts';

describe('a kubelet', () => {
  test.each([
    ['1.36.3', '1.36.3'],
    ['1.36.2', '1.36.3'],
    ['1.35.9', '1.36.3'],
    ['1.33.0', '1.36.3'],
    ['1.36.0-rc.1', '1.36.0'],
    ['1.34.2', '1.37.0-rc.0'],
  ])('%s may join Kubernetes %s', (kubelet, controlPlane) => {
    expect(skewProblem(kubelet, controlPlane)).toBeUndefined();
  });

  test.each([
    ['1.36.4', '1.36.3', 'is newer than the control plane’s 1.36.3'],
    ['1.37.0', '1.36.3', 'is newer'],
    ['2.0.0', '1.36.3', 'is newer'],
    ['1.36.0', '1.36.0-rc.1', 'is newer'],
    ['1.32.13', '1.36.3', 'is older than 1.33.0, the oldest that may join Kubernetes 1.36.3'],
    ['1.33.0-rc.1', '1.36.3', 'is older than 1.33.0'],
    ['0.36.3', '1.36.3', 'is older'],
  ])('%s may not join Kubernetes %s', (kubelet, controlPlane, problem) => {
    expect(skewProblem(kubelet, controlPlane)).toContain(problem);
  });
});
