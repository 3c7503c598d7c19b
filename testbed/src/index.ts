/** For end-to-end tests; people use testbed/testbed. */
export { down, freshHosts, up, type UpOptions, withBed } from './bed/index.ts';
export { type HostState, type State, state } from './bed/state.ts';
export { type Status, status } from './bed/status.ts';
export { cniOptions } from './versions.ts';
