/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/media/sandbox.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE AUDIT_ARCH_AARCH64
#else
#error "name this processor's AUDIT_ARCH"
#endif

/* The filter is a program that runs on this for each system call. */
#define LOAD(field)                                                                            \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offsetof(struct seccomp_data, field))
#define GIVE(what) BPF_STMT(BPF_RET | BPF_K, (what))
#define ALLOW(call)                                                                            \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), GIVE(SECCOMP_RET_ALLOW)

/* The low half of the third argument, which is `prot` of mmap and mprotect. */
#define LOAD_PROT LOAD(args[2])
#define ALLOW_UNLESS_EXECUTABLE(call)                                                          \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 4), LOAD_PROT,                      \
	    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1),                             \
	    GIVE(SECCOMP_RET_KILL_PROCESS), GIVE(SECCOMP_RET_ALLOW)

static struct sock_filter program[] = {
	LOAD(arch),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE, 1, 0),
	GIVE(SECCOMP_RET_KILL_PROCESS),
	LOAD(nr),

	/* The media path. */
	ALLOW(recvmmsg),
	ALLOW(sendmmsg),
	ALLOW(sendto),
	ALLOW(recvfrom),
	ALLOW(epoll_pwait),
	ALLOW(epoll_ctl),
#ifdef SYS_epoll_wait
	ALLOW(epoll_wait),
#endif
	/* Time and randomness: OpenSSL reseeds, and looks whether it was forked. */
	ALLOW(clock_gettime),
	ALLOW(getrandom),
	ALLOW(getpid),
#ifdef SYS_time
	ALLOW(time),
#endif
	ALLOW(gettimeofday),
	/* Memory. */
	ALLOW(brk),
	ALLOW(munmap),
	ALLOW(mremap),
	ALLOW(madvise),
	ALLOW(futex),
	/* The end. */
	ALLOW(write),
	ALLOW(writev),
	ALLOW(close),
	ALLOW(rt_sigreturn),
	ALLOW(rt_sigprocmask),
	ALLOW(restart_syscall),
	ALLOW(exit),
	ALLOW(exit_group),
	/* Last, as they load another word. */
	ALLOW_UNLESS_EXECUTABLE(mmap),
	ALLOW_UNLESS_EXECUTABLE(mprotect),
	GIVE(SECCOMP_RET_KILL_PROCESS),
};

/* The sanitizers' own run-time needs calls that nobody else should have. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

bool sandbox_enter(void)
{
	struct sock_fprog filter = { sizeof(program) / sizeof(program[0]), program };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return false;
	if (SANITIZED)
		return true;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0;
}
