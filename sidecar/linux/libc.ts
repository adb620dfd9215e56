/**
 * The system calls that Node does not offer, through koffi.
 *
 * Pointers are plain numbers (addresses of memory from `mapMemory`) and results plain ints: such a call costs
 * about 0.2 us with its system call, where Buffers and structs cost twice that and leave garbage. A result of
 * -1 means `errno()`; nothing here throws.
 */
import koffi from 'koffi';

const library = koffi.load(null);

type Call = (...args: (number | bigint)[]) => number;

const declare = (signature: string): Call => library.func(signature) as unknown as Call;

type CallWithBytes = (fd: number, bytes: Uint8Array, count: number, flags: number) => number;

function declareOfBytes(signature: string): CallWithBytes {
  return library.func(signature) as unknown as CallWithBytes;
}

function declareIfThere(signature: string): Call | null {
  try {
    return declare(signature);
  } catch {
    return null;
  }
}

/** Of the calling thread's last failed call. */
export const errno = (): number => koffi.errno();

export const libc = {
  mmap: declare('int64 mmap(int64 address, int64 length, int protection, int flags, int fd, int64 offset)'),
  munmap: declare('int munmap(int64 address, int64 length)'),
  madvise: declare('int madvise(int64 address, int64 length, int advice)'),
  malloc: declare('int64 malloc(int64 bytes)'),
  free: declare('void free(int64 address)'),
  memcpy: declare('int64 memcpy(int64 to, int64 from, int64 bytes)'),
  memfdCreate: declare('int memfd_create(int64 name, uint flags)'),
  ftruncate: declare('int ftruncate(int fd, int64 length)'),
  truncate: declare('int truncate(int64 path, int64 length)'),

  read: declare('int read(int fd, int64 buffer, int64 bytes)'),
  write: declare('int write(int fd, int64 buffer, int64 bytes)'),
  pread: declare('int pread(int fd, int64 buffer, int64 bytes, int64 offset)'),
  preadv2: declare('int preadv2(int fd, int64 vector, int count, int64 offset, int flags)'),
  pwrite: declare('int pwrite(int fd, int64 buffer, int64 bytes, int64 offset)'),
  lseek: declare('int64 lseek(int fd, int64 offset, int whence)'),
  fsync: declare('int fsync(int fd)'),
  fdatasync: declare('int fdatasync(int fd)'),
  syncfs: declare('int syncfs(int fd)'),
  fallocate: declare('int fallocate(int fd, int mode, int64 offset, int64 bytes)'),
  copyFileRange: declare(
    'int64 copy_file_range(int in, int64 inOffset, int out, int64 outOffset, int64 bytes, uint flags)',
  ),

  open: declare('int open(int64 path, int flags, uint mode)'),
  openat: declare('int openat(int dir, int64 path, int flags, uint mode)'),
  close: declare('int close(int fd)'),
  dup3: declare('int dup3(int from, int to, int flags)'),
  fcntl: declare('int fcntl(int fd, int command, int64 argument)'),
  ioctl: declare('int ioctl(int fd, uint64 request, int64 argument)'),

  statx: declare('int statx(int dir, int64 path, int flags, uint mask, int64 result)'),
  fstatfs: declare('int fstatfs(int fd, int64 result)'),
  faccessat: declare('int faccessat(int dir, int64 path, int mode, int flags)'),
  fchmod: declare('int fchmod(int fd, uint mode)'),
  chmod: declare('int chmod(int64 path, uint mode)'),
  fchownat: declare('int fchownat(int dir, int64 path, uint uid, uint gid, int flags)'),
  utimensat: declare('int utimensat(int dir, int64 path, int64 times, int flags)'),

  mkdirat: declare('int mkdirat(int dir, int64 path, uint mode)'),
  mknodat: declare('int mknodat(int dir, int64 path, uint mode, uint64 device)'),
  symlinkat: declare('int symlinkat(int64 target, int dir, int64 path)'),
  readlinkat: declare('int readlinkat(int dir, int64 path, int64 buffer, int64 bytes)'),
  linkat: declare('int linkat(int fromDir, int64 from, int toDir, int64 to, int flags)'),
  unlinkat: declare('int unlinkat(int dir, int64 path, int flags)'),
  renameat2: declare('int renameat2(int fromDir, int64 from, int toDir, int64 to, uint flags)'),
  getdents: declare('int64 getdents64(int fd, int64 buffer, int64 bytes)'),

  setxattr: declare('int setxattr(int64 path, int64 name, int64 value, int64 bytes, int flags)'),
  lsetxattr: declare('int lsetxattr(int64 path, int64 name, int64 value, int64 bytes, int flags)'),
  getxattr: declare('int getxattr(int64 path, int64 name, int64 value, int64 bytes)'),
  lgetxattr: declare('int lgetxattr(int64 path, int64 name, int64 value, int64 bytes)'),
  listxattr: declare('int listxattr(int64 path, int64 list, int64 bytes)'),
  llistxattr: declare('int llistxattr(int64 path, int64 list, int64 bytes)'),
  removexattr: declare('int removexattr(int64 path, int64 name)'),
  lremovexattr: declare('int lremovexattr(int64 path, int64 name)'),

  socket: declare('int socket(int domain, int type, int protocol)'),
  setsockopt: declare('int setsockopt(int fd, int level, int option, int64 value, uint bytes)'),
  getsockopt: declare('int getsockopt(int fd, int level, int option, int64 value, int64 bytes)'),
  getsockname: declare('int getsockname(int fd, int64 address, int64 bytes)'),
  recv: declare('int recv(int fd, int64 buffer, int64 bytes, int flags)'),
  send: declare('int send(int fd, int64 buffer, int64 bytes, int flags)'),
  /** From a typed array instead of an address. */
  sendBytes: declareOfBytes('int send(int fd, const uint8_t *bytes, int64 count, int flags)'),
  shutdown: declare('int shutdown(int fd, int how)'),
  epollCreate1: declare('int epoll_create1(int flags)'),
  epollCtl: declare('int epoll_ctl(int epoll, int operation, int fd, int64 event)'),
  epollWait: declare('int epoll_wait(int epoll, int64 events, int most, int timeoutMs)'),
  /** With a timespec for a timeout. Null where the C library lacks it (glibc before 2.35, musl). */
  epollPwait2: declareIfThere(
    'int epoll_pwait2(int epoll, int64 events, int most, int64 timeout, int64 signals)',
  ),
  eventfd: declare('int eventfd(uint count, int flags)'),
  bind: declare('int bind(int fd, int64 address, uint bytes)'),
  listen: declare('int listen(int fd, int backlog)'),
  accept4: declare('int accept4(int fd, int64 address, int64 bytes, int flags)'),
  connect: declare('int connect(int fd, int64 address, uint bytes)'),
  sendmsg: declare('int sendmsg(int fd, int64 message, int flags)'),
  recvmsg: declare('int recvmsg(int fd, int64 message, int flags)'),
  poll: declare('int poll(int64 fds, uint64 count, int timeoutMs)'),

  mount: declare('int mount(int64 source, int64 target, int64 type, uint64 flags, int64 options)'),
  umount2: declare('int umount2(int64 target, int flags)'),
  prctl: declare('int prctl(int option, uint64 a, uint64 b, uint64 c, uint64 d)'),
  signal: declare('int64 signal(int number, int64 handler)'),
  waitid: declare('int waitid(int type, uint id, int64 result, int options)'),
  waitpid: declare('int waitpid(int pid, int64 status, int options)'),
  setrlimit: declare('int setrlimit(int resource, int64 limit)'),
  getrlimit: declare('int getrlimit(int resource, int64 limit)'),
  /** These three change the calling thread alone. */
  setfsuid: declare('int setfsuid(uint uid)'),
  setfsgid: declare('int setfsgid(uint gid)'),
  capset: declare('int capset(int64 header, int64 data)'),
  capget: declare('int capget(int64 header, int64 data)'),
  umask: declare('uint umask(uint mask)'),
  /** Null where the C library lacks it (glibc before 2.30). */
  gettid: declareIfThere('int gettid()'),
  schedYield: declare('int sched_yield()'),
};

/** Runs a call on a thread of libuv's pool; resolves to its result, negated errno on failure. */
export function later(call: Call, ...args: (number | bigint)[]): Promise<number> {
  const asynchronous = (call as unknown as { async: (...all: unknown[]) => void }).async;
  return new Promise((resolve) => {
    asynchronous(...args, (error: unknown, result: number) => {
      if (error) throw error;
      resolve(result < 0 ? -errno() : result);
    });
  });
}
