/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnCells: a growing set of rectangles that can be asked whether a place is still free. */
#pragma once

#include "scene/tn-scene.h"

G_BEGIN_DECLS

/* Hashed cells, for rectangles of about the size of a box or a label. */
typedef struct _TnCells TnCells;

TnCells *tn_cells_new (double cell_size);
void tn_cells_free (TnCells *cells);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnCells, tn_cells_free)

void tn_cells_add (TnCells *cells, TnRect rect);
/* Does anything that was added overlap @rect (touching is no overlap)? */
gboolean tn_cells_taken (TnCells *cells, TnRect rect);
/* How many rectangles were compared for that so far: where they lie on one heap, all of them each
 * time. */
guint64 tn_cells_work (const TnCells *cells);

G_END_DECLS
