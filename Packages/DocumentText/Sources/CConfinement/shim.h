// What a process may still do, told to the system: calls that are variadic, or that Swift keeps from its programs.
#ifndef CONFINEMENT_SHIM_H
#define CONFINEMENT_SHIM_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#if defined(__x86_64__)
#define CONFINEMENT_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define CONFINEMENT_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif
// CLONE_NEWNET, which <sched.h> has for GNU sources only.
#define CONFINEMENT_NEW_NETWORK 0x40000000
#endif

enum confinement_limit_kind {
    confinement_address_space,
    confinement_cpu_seconds,
    confinement_file_bytes,
    confinement_open_files,
    confinement_core_bytes,
    confinement_processes
};

// Each function returns 0, or the number of an error.

static inline int confinement_limit(enum confinement_limit_kind kind, unsigned long long value) {
    struct rlimit limit;
    int resource;
    switch (kind) {
    case confinement_address_space: resource = RLIMIT_AS; break;
    case confinement_cpu_seconds: resource = RLIMIT_CPU; break;
    case confinement_file_bytes: resource = RLIMIT_FSIZE; break;
    case confinement_open_files: resource = RLIMIT_NOFILE; break;
    case confinement_core_bytes: resource = RLIMIT_CORE; break;
    default: resource = RLIMIT_NPROC; break;
    }
    if (getrlimit(resource, &limit) != 0) return errno;
    // One second more for the hard limit of CPU time: the soft one tells by its signal what happened.
    rlim_t hard = (rlim_t)value + (kind == confinement_cpu_seconds ? 1 : 0);
    if (limit.rlim_max == RLIM_INFINITY || hard < limit.rlim_max) limit.rlim_max = hard;
    limit.rlim_cur = (rlim_t)value < limit.rlim_max ? (rlim_t)value : limit.rlim_max;
    return setrlimit(resource, &limit) == 0 ? 0 : errno;
}

static inline int confinement_no_new_privileges(void) {
#ifdef __linux__
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno;
#else
    return 0;
#endif
}

// The thread that started this process counts as its parent.
static inline int confinement_end_with_parent(void) {
#ifdef __linux__
    return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 ? 0 : errno;
#else
    return 0;
#endif
}

static inline int confinement_leave_network(void) {
#ifdef __linux__
    return syscall(SYS_unshare, CONFINEMENT_NEW_NETWORK) == 0 ? 0 : errno;
#else
    return ENOSYS;
#endif
}

#ifdef CONFINEMENT_ARCHITECTURE
static inline int confinement_refuse(const int *calls, size_t count) {
    struct sock_filter filter[32];
    size_t length = 0;
    if (count > 16) return EINVAL;
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    filter[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CONFINEMENT_ARCHITECTURE, 1, 0);
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    // The other numbering that x86-64 has for the same calls.
    filter[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1);
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    for (size_t index = 0; index < count; index++) {
        filter[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)calls[index], 0, 1);
        // clone3 must look missing, or the C library would not try the others.
        unsigned number = calls[index] == 435 ? ENOSYS : EPERM;
        if (length >= 31) return EINVAL;
        filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | number);
    }
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {.len = (unsigned short)length, .filter = filter};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0 ? 0 : errno;
}
#endif

// No new sockets, and no ways around that; needs confinement_no_new_privileges.
static inline int confinement_refuse_network(void) {
#ifdef CONFINEMENT_ARCHITECTURE
    const int calls[] = {SYS_socket, SYS_ptrace, SYS_bpf, 425 /* io_uring_setup */};
    return confinement_refuse(calls, sizeof calls / sizeof calls[0]);
#else
    return ENOSYS;
#endif
}

// No new processes and threads, whoever the user is; needs confinement_no_new_privileges.
static inline int confinement_refuse_processes(void) {
    int failure = confinement_limit(confinement_processes, 0);
    if (failure != 0) return failure;
#ifdef CONFINEMENT_ARCHITECTURE
    const int calls[] = {
#ifdef SYS_fork
        SYS_fork, SYS_vfork,
#endif
        SYS_clone, 435 /* clone3 */};
    return confinement_refuse(calls, sizeof calls / sizeof calls[0]);
#else
    return 0;
#endif
}

// A pipe that no program inherits, from the moment it is made where the system can.
static inline int confinement_pipe(int ends[2]) {
#ifdef __linux__
    return syscall(SYS_pipe2, ends, O_CLOEXEC) == 0 ? 0 : errno;
#else
    if (pipe(ends) != 0) return errno;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return 0;
#endif
}

// Closes all descriptors from this one on.
static inline void confinement_close_from(int first) {
#if defined(__linux__) && defined(SYS_close_range)
    if (syscall(SYS_close_range, (unsigned)first, ~0U, 0) == 0) return;
#endif
    struct rlimit limit;
    int end = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 65536 ? (int)limit.rlim_cur : 65536;
    for (int number = first; number < end; number++) close(number);
}

// Has posix_spawn close all descriptors from this one on, where the system can.
static inline int confinement_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
    extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
#else
    (void)actions;
    (void)first;
    return 0;
#endif
}

// Starts a program that ends with this process and can start none itself; its standard input is ours. -1 with errno on failure.
static inline pid_t confinement_start(
    const char *path, char *const arguments[], char *const environment[], int output, int error) {
    pid_t parent = getpid();
    pid_t child = fork();
    if (child != 0) return child;
    if (confinement_end_with_parent() == 0 && getppid() == parent && dup2(output, 1) == 1 && dup2(error, 2) == 2
        && confinement_refuse_processes() == 0)
        execve(path, arguments, environment);
    _exit(127);
}

#endif
