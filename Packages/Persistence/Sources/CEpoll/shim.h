// Elsewhere there is kqueue, which the standard modules have.
#ifdef __linux__
#include <sys/epoll.h>
#endif
