// Project quotas (cnode.h): the size limit of a directory, on file systems that have them (ext4, xfs).
#define _GNU_SOURCE
#include "cnode.h"

#include <errno.h>
#include <linux/dqblk_xfs.h>
#include <linux/fs.h>
#include <linux/quota.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_quotactl_fd
#define SYS_quotactl_fd 443
#endif

static int project_quota(int descriptor, int command, uint32_t project, void *address) {
    return (int)syscall(SYS_quotactl_fd, descriptor, QCMD(command, PRJQUOTA), project, address);
}

int cnode_quota_is_enforced(int descriptor) {
    struct fs_quota_statv state = {.qs_version = FS_QSTATV_VERSION1};
    if (project_quota(descriptor, Q_XGETQSTATV, 0, &state)) return -1;
    return (state.qs_flags & FS_QUOTA_PDQ_ENFD) != 0;
}

int cnode_project(int directory, uint32_t *project) {
    struct fsxattr attributes;
    if (ioctl(directory, FS_IOC_FSGETXATTR, &attributes)) return -1;
    *project = attributes.fsx_projid;
    return 0;
}

int cnode_set_project(int directory, uint32_t project) {
    struct fsxattr attributes;
    if (ioctl(directory, FS_IOC_FSGETXATTR, &attributes)) return -1;
    attributes.fsx_projid = project;
    attributes.fsx_xflags |= FS_XFLAG_PROJINHERIT;
    return ioctl(directory, FS_IOC_FSSETXATTR, &attributes);
}

int cnode_quota(int descriptor, uint32_t project, uint64_t *limit, uint64_t *used) {
    struct if_dqblk block;
    memset(&block, 0, sizeof block);
    *limit = *used = 0;
    if (project_quota(descriptor, Q_GETQUOTA, project, &block)) return errno == ENOENT ? 0 : -1;
    *limit = block.dqb_bhardlimit << QIF_DQBLKSIZE_BITS;
    *used = block.dqb_curspace;
    return 0;
}

int cnode_set_quota(int descriptor, uint32_t project, uint64_t limit) {
    struct if_dqblk block;
    memset(&block, 0, sizeof block);
    // Whole blocks of 1 KiB, rounded up: a claim gets at least what it asked for.
    block.dqb_bhardlimit = (limit + QIF_DQBLKSIZE - 1) >> QIF_DQBLKSIZE_BITS;
    block.dqb_valid = QIF_BLIMITS;
    return project_quota(descriptor, Q_SETQUOTA, project, &block);
}
