/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnRows: a list model of thin rows, made on demand, that survive when the list behind them grows.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define TN_TYPE_ROW (tn_row_get_type ())
G_DECLARE_FINAL_TYPE (TnRow, tn_row, TN, ROW, GObject)

/**
 * TnRow:
 *
 * Knows its key and where it now stands; what it shows is looked up by who shows it. Signal
 * "changed": look again.
 */
guint64 tn_row_key (TnRow *self);
/* G_MAXUINT once it is no longer in the list. */
guint tn_row_index (TnRow *self);

#define TN_TYPE_ROWS (tn_rows_get_type ())
G_DECLARE_FINAL_TYPE (TnRows, tn_rows, TN, ROWS, GObject)

TnRows *tn_rows_new (void);
/* The list now has these @keys (each once). Rows in the common beginning and end are kept, with
 * their widgets, focus and scroll position, and told to look again. */
void tn_rows_update (TnRows *self, const guint64 *keys, guint n_keys);
/* G_MAXUINT when there is none. */
guint tn_rows_find (TnRows *self, guint64 key);

G_END_DECLS
