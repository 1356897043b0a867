/* Preloaded into a server: for as long as SWITCH exists, fsync and fdatasync of the files under
   FOLDER say EIO, as a disk does that has lost what it was given. Everything else is as it was.
   It includes nothing, so that a compiler without the system's headers can make it. */

extern long syscall(long number, ...);
extern int access(const char *path, int mode);
extern long readlink(const char *path, char *into, unsigned long size);
extern int snprintf(char *into, unsigned long size, const char *format, ...);
extern int strncmp(const char *one, const char *other, unsigned long most);
extern int *__errno_location(void);

#if defined(__x86_64__)
#define NR_FSYNC 74
#define NR_FDATASYNC 75
#elif defined(__aarch64__)
#define NR_FSYNC 82
#define NR_FDATASYNC 83
#endif

#define EIO 5

static int fails(int fd)
{
    char link[40], path[4096];
    long length;

    if (access(SWITCH, 0) != 0)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof path);
    return length >= (long) sizeof FOLDER - 1 && strncmp(path, FOLDER, sizeof FOLDER - 1) == 0;
}

static int synced(long number, int fd)
{
    if (fails(fd)) {
        *__errno_location() = EIO;
        return -1;
    }
    return (int) syscall(number, fd);
}

int fsync(int fd)
{
    return synced(NR_FSYNC, fd);
}

int fdatasync(int fd)
{
    return synced(NR_FDATASYNC, fd);
}
