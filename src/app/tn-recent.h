/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files that were last opened or saved here. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Of #GtkRecentInfo, the latest first, at most @most; files that are gone are left out. Free with
 * g_ptr_array_unref(). */
GPtrArray *tn_recent_files (guint most);
/* Where the file is, with ~ for the home folder. New string. */
char *tn_recent_folder (GtkRecentInfo *info);
/* How long ago it was used: "today", "3 days ago"; translated, new string. */
char *tn_recent_age (GtkRecentInfo *info);

G_END_DECLS
