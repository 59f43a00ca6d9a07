/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers, durations and byte counts as people read them; independent of the C locale where said.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* 2001536 as "2,001,536" (grouping as the user's language has it, "," in C). */
char *tn_text_count (gint64 count);
/* "320", "18.5 k", "2 M": at most three significant digits. */
char *tn_text_short_count (gint64 count);
/* "640 B", "7.6 MiB", "1.2 GiB". */
char *tn_text_bytes (guint64 bytes);
/* "12 µs", "3.4 ms", "1.2 s", "2 min 5 s". */
char *tn_text_duration (double seconds);
/* The shortest spelling that reads back as the same double, always with a dot: for files. */
char *tn_text_double (double number);
/* Columns that @text takes on a terminal. */
guint tn_text_columns (const char *text);

G_END_DECLS
