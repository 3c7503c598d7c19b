/** Clouds whose networks treat some packets in a way of their own. */
export type Cloud = 'azure' | 'aws' | 'gcp';

/** Azure's chassis asset tag; Hyper-V elsewhere has the same vendor, but not this. */
const AZURE_TAG = '7783-7084-3265-9085-8269-3286-77';

/** Files of /sys/class/dmi/id that tell the cloud. */
export const dmiFiles = [
  'sys_vendor',
  'product_name',
  'chassis_asset_tag',
  'bios_vendor',
  'bios_version',
] as const;

/**
 * The cloud that a machine runs in, by what its firmware says; the same signs that cloud-init's ds-identify goes by.
 * @param dmi contents of `dmiFiles`, as far as there are any.
 */
export function cloudOf(dmi: Readonly<Record<string, string>>): Cloud | undefined {
  if (dmi['chassis_asset_tag'] === AZURE_TAG) return 'azure';
  // Older instances (Xen) name Amazon in the version only.
  const firmware = [dmi['sys_vendor'], dmi['bios_vendor'], dmi['bios_version']].join(' ');
  if (/\bamazon\b/i.test(firmware)) return 'aws';
  return dmi['product_name'] === 'Google Compute Engine' ? 'gcp' : undefined;
}
