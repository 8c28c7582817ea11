/** Which packages bring QEMU, in the words of a message. Debian's names; others get the version to look for. */
import { readFileSync } from 'node:fs';

/** How the reader gets a QEMU that does: a clause that follows a colon. */
export function howToInstallQemu(arch: string, osRelease: string = readOsRelease()): string {
  const packages = `${debianPackage(arch)} and qemu-system-modules-opengl`;
  const id = field(osRelease, 'ID');
  const codename = field(osRelease, 'VERSION_CODENAME');
  if (id === 'debian' && codename === 'bookworm') return `install ${packages} from the suite bookworm-backports`;
  if (id === 'debian' || id === 'ubuntu' || /\bdebian\b/.test(field(osRelease, 'ID_LIKE')))
    return `install ${packages}`;
  return `install QEMU 8.2 or newer for ${arch} with its D-Bus and OpenGL display modules`;
}

function debianPackage(arch: string): string {
  switch (arch) {
    case 'x86_64':
    case 'i386':
      return 'qemu-system-x86';
    case 'arm':
    case 'aarch64':
      return 'qemu-system-arm';
    case 'riscv32':
    case 'riscv64':
      return 'qemu-system-riscv (before Debian 13: qemu-system-misc)';
    case 'ppc':
    case 'ppc64':
      return 'qemu-system-ppc';
    case 'mips':
    case 'mipsel':
    case 'mips64':
    case 'mips64el':
      return 'qemu-system-mips';
    case 'sparc':
    case 'sparc64':
      return 'qemu-system-sparc';
    case 's390x':
      return 'qemu-system-s390x';
    default:
      return 'qemu-system-misc';
  }
}

function readOsRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}

function field(osRelease: string, name: string): string {
  return new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(osRelease)?.[1] ?? '';
}
