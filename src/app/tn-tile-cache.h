/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnTileCache: a scene as tiles of 256 widget units, drawn by the painter when they are first seen.
 */
#pragma once

#include <gtk/gtk.h>

#include "app/tn-viewport.h"

G_BEGIN_DECLS

/* One owner, main thread. */
typedef struct _TnTileCache TnTileCache;

TnTileCache *tn_tile_cache_new (void);
void tn_tile_cache_free (TnTileCache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnTileCache, tn_tile_cache_free)

/* What is to be drawn from now on. Tiles stay as they are until they are damaged. */
void tn_tile_cache_set_scene (TnTileCache *cache, TnScene *scene, const TnStyle *style);
/* What lies in @rect of the document is drawn again; until then its tiles are shown as they are. */
void tn_tile_cache_damage (TnTileCache *cache, TnRect rect);
void tn_tile_cache_damage_all (TnTileCache *cache);
/* Forgets every tile (another document). */
void tn_tile_cache_flush (TnTileCache *cache);

/* Appends the tiles seen through @viewport. Missing and damaged ones are drawn while they fit into
 * @budget (microseconds; what was edited gets more, and one tile is always drawn). @zooming: a zoom
 * is under way: tiles of a zoom near by are scaled instead of drawn anew. FALSE when something was
 * left for the next frame. */
gboolean tn_tile_cache_snapshot (TnTileCache *cache, GtkSnapshot *snapshot,
                                 const TnViewport *viewport, gboolean zooming, gint64 budget);

/* How many tiles were ever drawn: for tests of what is drawn again. */
guint tn_tile_cache_n_drawn (const TnTileCache *cache);

G_END_DECLS
