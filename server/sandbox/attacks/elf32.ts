/**
 * The smallest 32-bit x86 program that makes one system call by the 32-bit entry: `socketcall(1, NULL)`, that is
 * `socket()` with its arguments behind a pointer. Its exit code is the errno: 14 when the kernel looked at the
 * pointer.
 */
export function emptyElf32(): Buffer {
  const base = 0x08048000;
  const headers = 52 + 32;
  // biome-ignore format: one instruction a line
  const code = Buffer.from([
    0xb8, 102, 0, 0, 0, // mov eax, socketcall
    0xbb, 1, 0, 0, 0, // mov ebx, SYS_SOCKET
    0x31, 0xc9, // xor ecx, ecx
    0xcd, 0x80, // int 0x80
    0xf7, 0xd8, // neg eax
    0x89, 0xc3, // mov ebx, eax
    0xb8, 1, 0, 0, 0, // mov eax, exit
    0xcd, 0x80, // int 0x80
  ]);
  const size = headers + code.length;
  const file = Buffer.alloc(size);
  // ELF header: 32 bits, little-endian, an executable for the 80386.
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  file.writeUInt16LE(2, 16);
  file.writeUInt16LE(3, 18);
  file.writeUInt32LE(1, 20);
  file.writeUInt32LE(base + headers, 24);
  file.writeUInt32LE(52, 28);
  file.writeUInt16LE(52, 40);
  file.writeUInt16LE(32, 42);
  file.writeUInt16LE(1, 44);
  // One segment: the whole file, readable and executable.
  const segment = [1, 0, base, base, size, size, 5, 0x1000];
  for (const [index, value] of segment.entries()) file.writeUInt32LE(value, 52 + 4 * index);
  file.set(code, headers);
  return file;
}
