/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Letting the window and everything else go first. */
#pragma once

#include <errno.h>
#ifdef __linux__
#include <sys/resource.h>
#endif

#include <glib.h>

G_BEGIN_DECLS

/* Of the calling thread, and of those that it starts, which are as nice; never back: it ends with
 * its work. */
static inline void
tn_give_way (void)
{
#ifdef __linux__
  if (setpriority (PRIO_PROCESS, 0, 5) != 0)
    g_debug ("the work keeps its priority: %s", g_strerror (errno));
#endif
}

G_END_DECLS
