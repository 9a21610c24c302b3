/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/base/error.h"
#include "relay/listen/privilege.h"

#include <stdio.h>

#ifdef DESKSIDE_SANITIZED

/* A sanitizer starts helpers and traces; it does not live with a filter. */
int relay_privilege_seccomp(char *message, size_t size)
{
    (void)message;
    (void)size;
    return DS_OK;
}

#else

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/socket.h>

/* By name: what an architecture does not have is left out. */
static const char *const allowed[] = {
    /* sockets and pipes */
    "accept4",
    "bind",
    "close",
    "getpeername",
    "getsockname",
    "getsockopt",
    "listen",
    "pipe2",
    "poll",
    "ppoll",
    "read",
    "readv",
    "recvfrom",
    "recvmsg",
    "recvmmsg",
    "sendmmsg",
    "sendmsg",
    "sendto",
    "setsockopt",
    "shutdown",
    "socketpair",
    "write",
    "writev",
    /* loops */
    "epoll_create1",
    "epoll_ctl",
    "epoll_pwait",
    "epoll_pwait2",
    "epoll_wait",
    "eventfd2",
    "timerfd_create",
    "timerfd_settime",
    /* threads and memory */
    "brk",
    "exit",
    "exit_group",
    "futex",
    "futex_waitv",
    "gettid",
    "getpid",
    "getppid",
    "madvise",
    "membarrier",
    "mmap",
    "mprotect",
    "mremap",
    "munmap",
    "prctl",
    "restart_syscall",
    "rseq",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "sched_getaffinity",
    "sched_setaffinity",
    "sched_yield",
    "set_robust_list",
    "sigaltstack",
    "tgkill",
    "arch_prctl",
    /* files: the store, the socket for commands */
    "access",
    "chmod",
    "dup",
    "dup2",
    "dup3",
    "faccessat",
    "faccessat2",
    "fchmod",
    "fchown",
    "fcntl",
    "fdatasync",
    "flock",
    "fstat",
    "fstatfs",
    "fsync",
    "ftruncate",
    "getcwd",
    "getdents64",
    "ioctl",
    "lseek",
    "lstat",
    "newfstatat",
    "open",
    "openat",
    "pread64",
    "pwrite64",
    "readlink",
    "readlinkat",
    "stat",
    "statx",
    "umask",
    "unlink",
    "unlinkat",
    "pwritev",
    "preadv",
    "sendfile",
    /* who, when, how much */
    "clock_getres",
    "clock_gettime",
    "clock_nanosleep",
    "getegid",
    "geteuid",
    "getgid",
    "getrandom",
    "getrlimit",
    "getrusage",
    "gettimeofday",
    "getuid",
    "nanosleep",
    "prlimit64",
    "setrlimit",
    "sysinfo",
    "uname",
    "time",
};

static int add_rules(scmp_filter_ctx filter)
{
    for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
        int number = seccomp_syscall_resolve_name(allowed[i]);
        if (number < 0)
            continue;
        if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0))
            return DS_EIO;
    }
    /* Threads, but no processes. clone3 hides its flags behind a pointer: libc falls back. */
    if (seccomp_rule_add(
            filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
            SCMP_A0_64(SCMP_CMP_MASKED_EQ, (uint64_t)CLONE_THREAD, (uint64_t)CLONE_THREAD)) ||
        seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) ||
        seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
                         SCMP_A0_64(SCMP_CMP_EQ, AF_UNIX, 0)))
        return DS_EIO;
    return DS_OK;
}

int relay_privilege_seccomp(char *message, size_t size)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int error = filter ? add_rules(filter) : DS_ENOMEM;
    if (!error && seccomp_load(filter))
        error = DS_EIO;
    seccomp_release(filter);
    if (error)
        snprintf(message, size, "The filter for system calls cannot be installed.");
    return error;
}

#endif
