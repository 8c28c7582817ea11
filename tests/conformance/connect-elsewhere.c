/*
 * Preloaded into programs that draw: Mesa's virpipe driver before 23.1 connects to /tmp/.virgl_test and nowhere else. Here that
 * path stands for the one in VTEST_SOCKET_NAME, which newer ones know by themselves.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#define COMPILED_IN "/tmp/.virgl_test"

typedef int (*connect_function)(int, const struct sockaddr *, socklen_t);

int connect(int fd, const struct sockaddr *address, socklen_t length)
{
	connect_function next = (connect_function)dlsym(RTLD_NEXT, "connect");
	const char *name = getenv("VTEST_SOCKET_NAME");
	struct sockaddr_un other = { .sun_family = AF_UNIX };

	if (name == NULL || strlen(name) >= sizeof(other.sun_path) || address->sa_family != AF_UNIX ||
	    strcmp(((const struct sockaddr_un *)address)->sun_path, COMPILED_IN) != 0)
		return next(fd, address, length);
	strcpy(other.sun_path, name);
	return next(fd, (const struct sockaddr *)&other, sizeof(other));
}
