/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnScene: a graph and its facts as a display list in document coordinates, with a spatial index.
 */
#pragma once

#include <cairo.h>

#include "infer/tn-facts.h"
#include "scene/tn-style.h"

G_BEGIN_DECLS

typedef struct
{
  double x, y, width, height;
} TnRect;

static inline gboolean
tn_rect_intersects (TnRect a, TnRect b)
{
  return a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height
         && b.y <= a.y + a.height;
}

/* What each layer costs, shown as a colour, a bar and a number in its box. */
typedef enum
{
  TN_HEAT_NONE,
  TN_HEAT_PARAMS,
  TN_HEAT_MACS,   /* multiply-adds per sample */
  TN_HEAT_MEMORY, /* bytes of its outputs per sample */
  TN_HEAT_TIME,   /* seconds of a run */
  TN_N_HEATS,
} TnHeat;

/* "none", "params", "macs", "memory", "time". */
const char *tn_heat_name (TnHeat heat);
gboolean tn_heat_from_name (const char *name, TnHeat *heat);
/* "Parameters", as a title; translated. */
const char *tn_heat_label (TnHeat heat);
/* An amount with its unit, short enough for a box: "18.5 k", "7.6 MiB", "3.4 ms". New string. */
char *tn_heat_text (TnHeat heat, double amount);

typedef struct
{
  TnNodeId node;
  double seconds;
} TnHeatTime;

/* Counted; belongs to one thread (it holds text layouts). It changes only by tn_scene_follow(), and
 * only while nobody else holds it. */
typedef struct _TnScene TnScene;

/* How wires run. */
typedef enum
{
  TN_WIRES_CURVED,
  TN_WIRES_ORTHOGONAL,
} TnWires;

/* "curved", "orthogonal". */
const char *tn_wires_name (TnWires wires);
gboolean tn_wires_from_name (const char *name, TnWires *wires);

/* What a picture says of its layers; bits of a guint. */
typedef enum
{
  TN_PART_SHAPES = 1 << 0,     /* of tensors */
  TN_PART_KERNELS = 1 << 1,    /* kernel sizes and what else a layer is set to */
  TN_PART_NAMES = 1 << 2,      /* of layers */
  TN_PART_PARAMETERS = 1 << 3, /* how many weights a layer has */
  TN_PART_LEGEND = 1 << 4,
  TN_PART_TITLE = 1 << 5, /* the name of the model */
} TnPart;

typedef struct
{
  TnTheme theme;
  TnWires wires;
  TnDirection direction;   /* another than the graph's own lays it out anew */
  gboolean stale;          /* facts lag behind the graph: annotations are drawn dimmed */
  gboolean chosen;         /* only @parts are shown; otherwise what the canvas shows */
  guint parts;             /* of #TnPart */
  const TnScene *previous; /* may be NULL: the scene this one follows, whose texts need not be laid
                            * out again; only read by tn_scene_new() */
  TnHeat heat;             /* what the boxes are coloured by */
  const GArray *times;     /* of #TnHeatTime, for TN_HEAT_TIME; may be NULL */
} TnSceneOptions;

/* @facts may be NULL or about an earlier graph: what it says of layers that are still there is
 * shown. */
TnScene *tn_scene_new (const TnGraph *graph, const TnFacts *facts, const TnSceneOptions *options);
/* The same out of @previous, which is taken over and may be NULL: much quicker where only places,
 * settings or what is known are others. @changes: as tn_scene_changes() between the two. */
TnScene *tn_scene_follow (TnScene *previous, const TnGraph *graph, const TnFacts *facts,
                          const TnSceneOptions *options, GArray **changes);
TnScene *tn_scene_ref (TnScene *scene);
void tn_scene_unref (TnScene *scene);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnScene, tn_scene_unref)

const TnGraph *tn_scene_graph (const TnScene *scene);
/* That it shows; NULL when there are none. */
const TnFacts *tn_scene_facts (const TnScene *scene);
/* Of everything drawn; width 0 when empty. */
TnRect tn_scene_bounds (const TnScene *scene);
const TnStyle *tn_scene_style (const TnScene *scene);

/* The drawn box of a node, or of the closed group that it stands in. FALSE when it is not in the
 * scene. */
gboolean tn_scene_node_box (const TnScene *scene, TnNodeId node, TnRect *box);
/* Where a wire ends. Slots beyond those wired: the place at which a merging layer offers its next.
 */
gboolean tn_scene_input_port (const TnScene *scene, TnNodeId node, guint call, guint slot,
                              double *x, double *y);
gboolean tn_scene_output_port (const TnScene *scene, TnRef ref, double *x, double *y);
/* How many input ports the node shows on a call (one more than wired where it takes any number). */
guint tn_scene_n_input_ports (const TnScene *scene, TnNodeId node, guint call);

typedef enum
{
  TN_HIT_NOTHING,
  TN_HIT_NODE,
  TN_HIT_INPUT,  /* port: node, call, slot */
  TN_HIT_OUTPUT, /* port: ref */
  TN_HIT_WIRE,   /* node, call, slot at its end; ref at its start */
  TN_HIT_BADGE,  /* the error or warning sign of node */
  TN_HIT_MARK,   /* the sign that opens or closes a group: node, group */
  TN_HIT_FRAME,  /* the title of an open group: node, group */
} TnHitKind;

typedef struct
{
  TnHitKind kind;
  TnNodeId node;
  guint call;
  guint slot;
  TnRef ref;
  guint group; /* of a group: node is its first member, and this long is the group's name in its */
} TnHit;

/* The topmost thing within @slop of the point; ports win over boxes, boxes over wires. */
TnHit tn_scene_hit (const TnScene *scene, double x, double y, double slop);
/* A wire, and where something crosses it. */
typedef struct
{
  TnHit wire;
  double x, y;
} TnCrossing;

/* Appends to @crossings (of TnCrossing) the wires that the line between two points crosses. */
void tn_scene_wires_crossed (const TnScene *scene, double x0, double y0, double x1, double y1,
                             GArray *crossings);
/* The group that a hit is about; NULL: none. */
const TnGroup *tn_scene_hit_group (const TnScene *scene, const TnHit *hit);
/* The closed group in whose box @node is seen, and its first member into @first (which may be
 * NULL). NULL: it is seen itself. */
const TnGroup *tn_scene_covering_group (const TnScene *scene, TnNodeId node, TnNodeId *first);
/* The frame of an open group or the box of a closed one. FALSE when it is not seen. */
gboolean tn_scene_group_box (const TnScene *scene, const TnGroup *group, TnRect *box);
/* Nodes whose box, or whose closed group's, lies in @rect (@wholly: all of it), of TnNodeId, in
 * order of the graph. New array. */
GArray *tn_scene_nodes_in (const TnScene *scene, TnRect rect, gboolean wholly);

/* What lies in a frame around layers (layers/tn-remarks.h), by the middles of boxes, of TnNodeId.
 * New array. */
GArray *tn_scene_framed (const TnScene *scene, TnNodeId frame);

/* The number of a shape label at a point: axis @axis of @ref. FALSE when there is none. */
gboolean tn_scene_dim_at (const TnScene *scene, double x, double y, TnRef *ref, int *axis);
/* The shape label at a point: the tensor it is of, and where it stands. FALSE when there is none.
 */
gboolean tn_scene_label_at (const TnScene *scene, double x, double y, TnRef *ref, TnRect *box);
/* Where the number at @axis of @ref stands, on the first label that shows the tensor. */
gboolean tn_scene_dim_box (const TnScene *scene, TnRef ref, int axis, TnRect *box);

/* What looks different in @after: rectangles of #TnRect, some of which may overlap. NULL:
 * everything does (another style, direction or staleness). New array. */
GArray *tn_scene_changes (const TnScene *before, const TnScene *after);

/* The display list as text, a line an item with rounded coordinates: for golden tests. */
char *tn_scene_dump (const TnScene *scene);

/* ---- the painter: the only thing that draws ---- */

/* Draws what of the scene intersects @visible, in document coordinates, into @cr (which carries the
 * scale). @scale: device pixels per document unit, chooses the level of detail; 0: everything
 * (export). Paints no background. */
void tn_painter_draw (const TnScene *scene, cairo_t *cr, TnRect visible, double scale);
void tn_painter_background (const TnStyle *style, cairo_t *cr, TnRect visible, double scale,
                            gboolean grid);
/* The square of @side units of the screen at @x, @y, where a document unit is @zoom of them and one
 * of them @scale_factor pixels, with its background, as an image whose origin is the square's
 * corner and which reaches a little beyond it. @scene may be NULL. New surface. */
cairo_surface_t *tn_painter_tile (const TnScene *scene, const TnStyle *style, int x, int y,
                                  int side, double zoom, int scale_factor);
/* The canvas's live overlay, in the same style. */
void tn_painter_selection (const TnScene *scene, cairo_t *cr, TnNodeId node, gboolean focused,
                           double scale);
/* A ring around the frame of an open group, all of which is selected. */
void tn_painter_group_selection (const TnScene *scene, cairo_t *cr, const TnGroup *group,
                                 double scale);
/* A wire between two points, as one of the scene would run. */
void tn_painter_wire (const TnScene *scene, cairo_t *cr, double x0, double y0, double x1, double y1,
                      TnColor color, gboolean dashed);
/* The outline a layer would have if placed with its centre at x, y. */
void tn_painter_ghost (const TnStyle *style, cairo_t *cr, const TnLayer *layer, double x, double y,
                       TnColor color);
/* A small card of text at the pointer: refusals, what follows. Within @area, below the point and to
 * its right, or @above it where that is to be seen. */
void tn_painter_callout (const TnStyle *style, cairo_t *cr, TnRect area, double x, double y,
                         gboolean above, const char *text, TnColor color);
/* The same, beside any point. */
void tn_painter_card (const TnStyle *style, cairo_t *cr, TnRect area, double x, double y,
                      const char *text, TnColor color);
/**
 * TnLighting:
 *
 * Axis @axis of @ref is told of: the layers it passed (of TnNodeId) and its chain (of
 * #TnProvenance), from tn_provenance_layers() and tn_provenance_trace().
 */
typedef struct
{
  TnRef ref;
  int axis;
  const GArray *layers;
  const GArray *links;
} TnLighting;
/* Over a scene that is drawn: dims all but those layers and the wires between them, and names the
 * parameters that took part at their boxes. */
void tn_painter_lighting (const TnScene *scene, cairo_t *cr, TnRect visible,
                          const TnLighting *lighting);
/* The scale of the heat with its lower left corner at the point; nothing without heat. In document
 * units. */
void tn_painter_heat_legend (const TnScene *scene, cairo_t *cr, double x, double y);
/* How much room it takes; width 0 without heat. */
TnRect tn_scene_heat_legend (const TnScene *scene);
/* Highlights a wire (hover, splice target). */
void tn_painter_highlight_wire (const TnScene *scene, cairo_t *cr, TnNodeId node, guint call,
                                guint slot, TnColor color);

/* ---- layout ---- */

/* Gives every node a place: layered, inputs first, with few crossings, skips routed aside, in the
 * direction of the graph. @all: also those that have a place; what stands left of another remains
 * so where that costs no crossings. A new graph (or another reference to @graph when nothing
 * moved). */
TnGraph *tn_layout (const TnGraph *graph, gboolean all);

/**
 * TnArrangement:
 * @direction: which way the model is to flow
 * @facts: may be NULL; to the right, there is room for the shapes they hold
 * @nodes, @n_nodes: only these are moved, to where they stand together best around the place they
 *     have now; 0: all. Of a closed group its members are moved together.
 */
typedef struct
{
  TnDirection direction;
  const TnFacts *facts;
  const TnNodeId *nodes;
  guint n_nodes;
} TnArrangement;

/* As tn_layout() with all. Another direction than the graph's is taken by the whole of it. */
TnGraph *tn_layout_arrange (const TnGraph *graph, const TnArrangement *arrangement);

G_END_DECLS
