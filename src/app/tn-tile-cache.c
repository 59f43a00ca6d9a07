/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnTileCache: a scene as tiles of 256 widget units, drawn by the painter when they are first seen.
 */
#include "app/tn-tile-cache.h"

#include <math.h>

#define TILE 256
/* As many windows full of tiles are kept for panning back. */
#define SCREENS_KEPT 4
/* Shown for longer than this a half drawn edit would be seen as torn. */
#define DAMAGE_BUDGET 24000
/* The very first frame waits a little for its tiles rather than to show nothing. */
#define FIRST_BUDGET 60000
/* Tiles of a zoom so much smaller are blots, so much larger far too many. */
#define MOST_ENLARGED 4.0
#define MOST_REDUCED  16.0
/* Shapes are drawn with antialiased edges that reach past their geometry. */
#define BLEED 2
/* Tiles lie over one another by so much: while they are shown at another zoom, their borders fall
 * between pixels, where the background would shine through. */
#define LAP 1

typedef struct
{
  gint32 x, y;
} TnTileKey;

typedef struct
{
  TnTileKey key; /* first: the hash table's key */
  GskRenderNode *node;
  gboolean damaged;
  guint64 used; /* frame number */
} TnTile;

/* Tiles of one zoom. */
typedef struct
{
  double zoom;
  int scale_factor;
  GHashTable *tiles;
} TnTileSet;

struct _TnTileCache
{
  /* owned */
  TnTileSet *front; /* of the zoom that is wanted */
  TnTileSet *back;  /* of an earlier zoom, shown scaled where the front has none yet; or NULL */
  TnScene *scene;

  /* borrowed */
  const TnStyle *style;

  /* state */
  guint64 frame;
  guint n_drawn;
};

static guint
tile_key_hash (gconstpointer data)
{
  const TnTileKey *key = data;

  return (guint)key->x * 73856093u ^ (guint)key->y * 19349663u;
}

static gboolean
tile_key_equal (gconstpointer a, gconstpointer b)
{
  const TnTileKey *key = a, *other = b;

  return key->x == other->x && key->y == other->y;
}

static void
tile_free (gpointer data)
{
  TnTile *tile = data;

  g_clear_pointer (&tile->node, gsk_render_node_unref);
  g_free (tile);
}

static TnTileSet *
tile_set_new (double zoom, int scale_factor)
{
  TnTileSet *set = g_new0 (TnTileSet, 1);

  set->zoom = zoom;
  set->scale_factor = scale_factor;
  set->tiles = g_hash_table_new_full (tile_key_hash, tile_key_equal, NULL, tile_free);
  return set;
}

static void
tile_set_free (TnTileSet *set)
{
  g_hash_table_unref (set->tiles);
  g_free (set);
}

TnTileCache *
tn_tile_cache_new (void)
{
  return g_new0 (TnTileCache, 1);
}

void
tn_tile_cache_free (TnTileCache *cache)
{
  tn_tile_cache_flush (cache);
  g_clear_pointer (&cache->scene, tn_scene_unref);
  g_free (cache);
}

void
tn_tile_cache_flush (TnTileCache *cache)
{
  g_clear_pointer (&cache->front, tile_set_free);
  g_clear_pointer (&cache->back, tile_set_free);
}

void
tn_tile_cache_set_scene (TnTileCache *cache, TnScene *scene, const TnStyle *style)
{
  TnScene *old = cache->scene;

  cache->scene = scene == NULL ? NULL : tn_scene_ref (scene);
  cache->style = style;
  g_clear_pointer (&old, tn_scene_unref);
}

guint
tn_tile_cache_n_drawn (const TnTileCache *cache)
{
  return cache->n_drawn;
}

/* ---- damage ---- */

static void
tile_set_damage (TnTileSet *set, const TnRect *rect)
{
  double size = TILE / set->zoom;
  double bleed = BLEED / set->zoom;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, set->tiles);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      TnTile *tile = value;
      TnRect area = { tile->key.x * size - bleed, tile->key.y * size - bleed, size + 2 * bleed,
                      size + 2 * bleed };

      if (rect == NULL || tn_rect_intersects (area, *rect))
        tile->damaged = TRUE;
    }
}

void
tn_tile_cache_damage (TnTileCache *cache, TnRect rect)
{
  if (cache->front != NULL)
    tile_set_damage (cache->front, &rect);
  if (cache->back != NULL)
    tile_set_damage (cache->back, &rect);
}

void
tn_tile_cache_damage_all (TnTileCache *cache)
{
  if (cache->front != NULL)
    tile_set_damage (cache->front, NULL);
  if (cache->back != NULL)
    tile_set_damage (cache->back, NULL);
}

/* ---- drawing ---- */

static GskRenderNode *
draw_tile (TnTileCache *cache, const TnTileSet *set, TnTileKey key)
{
  graphene_rect_t bounds = GRAPHENE_RECT_INIT ((float)key.x * TILE - LAP, (float)key.y * TILE - LAP,
                                               TILE + 2 * LAP, TILE + 2 * LAP);
  cairo_surface_t *surface = tn_painter_tile (cache->scene, cache->style, key.x * TILE,
                                              key.y * TILE, TILE, set->zoom, set->scale_factor);
  GskRenderNode *node;
  cairo_t *cr;

  /* A cairo node and not a texture: GTK 4.8's cairo renderer downloads textures every frame. */
  node = gsk_cairo_node_new (&bounds);
  cr = gsk_cairo_node_get_draw_context (node);
  cairo_set_source_surface (cr, surface, (double)key.x * TILE, (double)key.y * TILE);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_BILINEAR);
  cairo_set_operator (cr, CAIRO_OPERATOR_SOURCE);
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);

  cache->n_drawn++;
  return node;
}

/* The tiles of @set that @viewport sees: columns low_x … high_x, rows low_y … high_y. */
static void
seen_range (const TnTileSet *set, const TnViewport *viewport, TnTileKey *low, TnTileKey *high)
{
  double step = TILE * viewport->zoom / set->zoom;
  double x, y;

  tn_viewport_origin (viewport, &x, &y);
  low->x = (gint32)floor (-x / step);
  low->y = (gint32)floor (-y / step);
  high->x = (gint32)ceil ((viewport->width - x) / step) - 1;
  high->y = (gint32)ceil ((viewport->height - y) / step) - 1;
}

static guint
n_seen (const TnTileSet *set, const TnViewport *viewport)
{
  TnTileKey low, high;

  seen_range (set, viewport, &low, &high);
  return (guint)MAX (high.x - low.x + 1, 0) * (guint)MAX (high.y - low.y + 1, 0);
}

static gboolean
covers (const TnTileSet *set, const TnViewport *viewport)
{
  TnTileKey low, high;

  seen_range (set, viewport, &low, &high);
  for (gint32 y = low.y; y <= high.y; y++)
    for (gint32 x = low.x; x <= high.x; x++)
      {
        TnTileKey key = { x, y };

        if (!g_hash_table_contains (set->tiles, &key))
          return FALSE;
      }
  return TRUE;
}

/* From now on @zoom is wanted. What there is stays as the back: the front if it can fill the
 * window, else the back that it was to replace. */
static void
want_zoom (TnTileCache *cache, const TnViewport *viewport, double zoom)
{
  if (cache->front != NULL && (cache->back == NULL || covers (cache->front, viewport)))
    {
      g_clear_pointer (&cache->back, tile_set_free);
      cache->back = g_steal_pointer (&cache->front);
    }
  if (cache->back != NULL
      && (zoom > cache->back->zoom * MOST_ENLARGED || zoom < cache->back->zoom / MOST_REDUCED))
    g_clear_pointer (&cache->back, tile_set_free);
  g_clear_pointer (&cache->front, tile_set_free);
  if (cache->back != NULL && cache->back->zoom == zoom
      && cache->back->scale_factor == viewport->scale_factor)
    cache->front = g_steal_pointer (&cache->back);
  else
    cache->front = tile_set_new (zoom, viewport->scale_factor);
}

static void
choose_zoom (TnTileCache *cache, const TnViewport *viewport, gboolean zooming)
{
  if (cache->front == NULL || cache->front->scale_factor != viewport->scale_factor)
    {
      if (cache->front != NULL)
        tn_tile_cache_flush (cache);
      cache->front = tile_set_new (viewport->zoom, viewport->scale_factor);
    }
  else if (!zooming && cache->front->zoom != viewport->zoom)
    want_zoom (cache, viewport, viewport->zoom);
  else if (zooming)
    {
      double ratio = viewport->zoom / cache->front->zoom;

      /* Too coarse, or far more tiles than needed: the next step of √2. */
      if (ratio > G_SQRT2 + 1e-6 || ratio < 0.5 - 1e-6)
        want_zoom (cache, viewport, pow (2, ceil (2 * log2 (viewport->zoom)) / 2));
    }
}

/* Adds the tiles of @set that @viewport sees; the document's origin is at 0, 0. */
static void
append_set (const TnTileSet *set, GtkSnapshot *snapshot, const TnViewport *viewport)
{
  const float ratio = (float)(viewport->zoom / set->zoom);
  TnTileKey low, high;

  seen_range (set, viewport, &low, &high);
  gtk_snapshot_save (snapshot);
  if (set->zoom != viewport->zoom)
    gtk_snapshot_scale (snapshot, ratio, ratio);
  for (gint32 y = low.y; y <= high.y; y++)
    for (gint32 x = low.x; x <= high.x; x++)
      {
        TnTileKey key = { x, y };
        const TnTile *tile = g_hash_table_lookup (set->tiles, &key);

        if (tile != NULL)
          gtk_snapshot_append_node (snapshot, tile->node);
      }
  gtk_snapshot_restore (snapshot);
}

/* Draws what the front lacks, from the middle outwards so that the eye meets it first. */
static gboolean
fill_front (TnTileCache *cache, const TnViewport *viewport, gint64 budget)
{
  const gint64 start = g_get_monotonic_time ();
  gboolean complete = TRUE;
  guint drawn = 0;
  TnTileKey low, high;
  gint32 middle_x, middle_y, reach;

  seen_range (cache->front, viewport, &low, &high);
  middle_x = (low.x + high.x) / 2;
  middle_y = (low.y + high.y) / 2;
  reach
      = MAX (MAX (high.x - middle_x, middle_x - low.x), MAX (high.y - middle_y, middle_y - low.y));

  for (gint32 ring = 0; ring <= reach; ring++)
    for (gint32 y = MAX (middle_y - ring, low.y); y <= MIN (middle_y + ring, high.y); y++)
      for (gint32 x = MAX (middle_x - ring, low.x); x <= MIN (middle_x + ring, high.x); x++)
        {
          TnTileKey key = { x, y };
          TnTile *tile;

          if (ABS (x - middle_x) != ring && ABS (y - middle_y) != ring)
            continue;
          tile = g_hash_table_lookup (cache->front->tiles, &key);
          if (tile != NULL && !tile->damaged)
            {
              tile->used = cache->frame;
              continue;
            }
          if (drawn > 0
              && g_get_monotonic_time () - start
                     > (tile != NULL ? MAX (budget, DAMAGE_BUDGET) : budget))
            {
              if (tile != NULL)
                tile->used = cache->frame;
              complete = FALSE;
              continue;
            }
          if (tile == NULL)
            {
              tile = g_new0 (TnTile, 1);
              tile->key = key;
              g_hash_table_add (cache->front->tiles, tile);
            }
          g_clear_pointer (&tile->node, gsk_render_node_unref);
          tile->node = draw_tile (cache, cache->front, key);
          tile->damaged = FALSE;
          tile->used = cache->frame;
          drawn++;
        }
  return complete;
}

/* Forgets the tiles that were not seen for longest, beyond a few windows full. */
static void
trim (TnTileCache *cache, const TnViewport *viewport)
{
  guint most = MAX (n_seen (cache->front, viewport), 4) * SCREENS_KEPT;
  guint64 oldest = cache->frame;
  guint64 keep_from;
  GHashTableIter iter;
  gpointer value;

  if (g_hash_table_size (cache->front->tiles) <= most)
    return;

  /* Rare, so no list is kept sorted for it: the older half of the ages goes, never what was used
   * for this very frame. */
  g_hash_table_iter_init (&iter, cache->front->tiles);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    oldest = MIN (oldest, ((TnTile *)value)->used);
  keep_from = oldest + (cache->frame - oldest + 1) / 2;
  g_hash_table_iter_init (&iter, cache->front->tiles);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((TnTile *)value)->used < keep_from)
      g_hash_table_iter_remove (&iter);
}

gboolean
tn_tile_cache_snapshot (TnTileCache *cache, GtkSnapshot *snapshot, const TnViewport *viewport,
                        gboolean zooming, gint64 budget)
{
  gboolean complete;
  double x, y;

  g_return_val_if_fail (cache->style != NULL, TRUE);

  cache->frame++;
  choose_zoom (cache, viewport, zooming);
  if (cache->back == NULL && g_hash_table_size (cache->front->tiles) == 0)
    budget = MAX (budget, FIRST_BUDGET);
  complete = fill_front (cache, viewport, budget);
  if (cache->back != NULL && covers (cache->front, viewport))
    g_clear_pointer (&cache->back, tile_set_free);

  tn_viewport_origin (viewport, &x, &y);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float)x, (float)y));
  if (cache->back != NULL)
    append_set (cache->back, snapshot, viewport);
  append_set (cache->front, snapshot, viewport);
  gtk_snapshot_restore (snapshot);
  trim (cache, viewport);
  return complete;
}
