/** How image registries call the processors that the kernel names otherwise. */
const architectures: Record<string, string> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  armv7l: 'arm',
  armv6l: 'arm',
  i686: '386',
  ppc64le: 'ppc64le',
  riscv64: 'riscv64',
  s390x: 's390x',
};

/** `linux/amd64`. @param architecture as `docker info` says it: `x86_64` */
export function enginePlatform(architecture: string): string {
  return `linux/${architectures[architecture] ?? architecture}`;
}
