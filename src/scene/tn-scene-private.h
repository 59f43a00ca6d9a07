/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a scene holds: shared by the builder, the painter and the dump. */
#pragma once

#include "graph/tn-active.h"
#include "scene/tn-text-cache.h"
#include "scene/tn-wire.h"

G_BEGIN_DECLS

#define TN_BADGE_RADIUS 9.0
#define TN_STUB_LENGTH  14.0
#define TN_ACCENT_WIDTH 5.0
#define TN_BOX_TEXT     42.0 /* from the left edge of a box to its texts */
#define TN_BOX_PADDING  8.0
#define TN_PIN_WIDTH    86.0
#define TN_FOLD         13.0 /* the folded corner of a Target */

/* In the frame where the flow goes down. */
typedef enum
{
  TN_SIDE_TOP,
  TN_SIDE_LEFT,
  TN_SIDE_RIGHT,
} TnSide;

typedef enum
{
  TN_REMARK_NONE, /* a layer */
  TN_REMARK_COMMENT,
  TN_REMARK_FRAME,
  TN_REMARK_KNOT,
} TnRemark;

#define TN_KNOT_RADIUS         6.0
#define TN_COMMENT_PADDING     8.0
#define TN_COMMENT_SIZE(style) tn_text_size (style, TN_TEXT_CALLOUT)

typedef struct
{
  const TnNode *node; /* borrowed from the graph; of a group's box: its first member */
  const TnLayer *layer;
  const TnGroup *group; /* borrowed: the closed group that this is the box of; else NULL */
  const char *name;     /* borrowed: without the groups it stands in */
  guint shown;          /* the number of the box in which it is seen: its own, or its group's */
  gboolean hidden;      /* in a closed group; without extent */
  gboolean chip;        /* what enters an open group: small and quiet */
  guint n_issues;       /* of a group's box: as bad as its worst */
  TnRect box;           /* with its note */
  TnRect bounds;        /* of all that is drawn for it but wires */
  TnState state;
  TnRole role;
  TnRemark remark;
  guint times;          /* of a group's box: so many copies in a chain; 0: none */
  gboolean sheet;       /* a Target: its own outline */
  TnSide side;          /* where its input is */
  const TnIssue *issue; /* borrowed from the facts; the worst */
  /* Of the scene's string chunk; NULL where there is none. */
  const char *label;
  const char *brief;
  const char *waits; /* in place of the brief while it is blocked or does not count */
  const char *note;  /* the problem in few words */
  const char *pin;
  const char *shape;     /* of its first output */
  double heat;           /* its share of the hottest; negative: none or not known */
  const char *heat_text; /* NULL: no heat is shown */
  const char *weights;   /* how many, where a picture shows it */
  guint first_input, n_inputs;
  guint first_output, n_outputs;
} TnSceneNode;

typedef struct
{
  TnPoint at;
  TnNodeId node; /* whose it is: of a group's box, a member's */
  guint call, slot;
  gboolean wired;
  gboolean offered; /* a slot there is not yet */
  int wire;         /* the number of that which ends here, or -1 */
} TnSceneInput;

typedef struct
{
  TnPoint at;
  TnRef ref;
} TnSceneOutput;

typedef struct
{
  TnRef ref;   /* its start */
  guint node;  /* number of the box at its end, or at its start where it is a stub */
  TnNodeId to; /* the node at its end, or at its start */
  guint call, slot;
  gboolean stub; /* leads nowhere: shows the shape of what nobody uses */
  TnEdgeState state;
  gboolean sheet; /* to a Target */
  gboolean idle;  /* nothing comes along it */
  guint source;   /* number of the box at its start */
  guint output;   /* of the port there */
  guint input;    /* of the port at its end, if it is no stub */
  TnRoute route;  /* how its way was found */
  TnRect reach;   /* what was looked at for the place of its label */
  gboolean asked; /* and whether the same is said elsewhere */
  TnCurve curve;
  const char *wanted; /* that it should say; NULL: nothing */
  const char *text;   /* that it says where there is room */
  TnRect label;
  TnPoint anchor; /* of a label that stands apart: where on the line it belongs */
  gboolean apart;
  TnRect bounds; /* of the line */
} TnSceneWire;

/* Around the members of an open group. */
typedef struct
{
  const TnGroup *group; /* borrowed from the graph */
  TnNodeId first;       /* its first member */
  const char *text;     /* of the string chunk: what kind of group it is */
  TnRect box;
  TnRect title;
  guint depth; /* in so many others */
} TnSceneFrame;

/* Items, in the order in which they are painted: frames, wires, then boxes, then the labels of
 * wires.
 */
struct _TnScene
{
  guint references;
  TnGraph *graph;
  TnFacts *facts; /* may be NULL */
  const TnStyle *style;
  TnTheme theme;
  TnDirection direction;
  TnWires wire_style;
  gboolean stale;
  TnHeat heat;
  double hottest;    /* amount of the layer or group that costs most */
  double heat_sum;   /* of all that is known */
  gboolean heat_gap; /* some layer's is not known */
  gboolean chosen;   /* it is another selection than the canvas's */
  guint parts;       /* of #TnPart: what is shown */
  GStringChunk *strings;
  TnSceneNode *nodes;   /* by index in the graph, then the boxes of closed groups */
  TnSceneFrame *frames; /* those that hold others first */
  TnSceneInput *inputs;
  TnSceneOutput *outputs;
  TnSceneWire *wires;
  guint n_layers;         /* nodes of the graph */
  guint n_nodes, n_wires; /* n_nodes: with the boxes of groups */
  guint n_frames;
  TnRect bounds;
  TnSpatial *items;
  TnSpatial *reaches; /* of labels */
  TnRouter *router;   /* the ways that wires have taken */
  guint64 label_work; /* that it took to place them */
  TnTextCache *texts;
};

/* How wide @text becomes at @size with any of the style's fonts, at most; by counting, so that what
 * is placed by it does not depend on the fonts of a machine. */
double tn_text_estimate (const char *text, double size);
/* Finds a place for the label of every wire. */
void tn_labels_place (TnScene *scene);
/* The same, where only that of some is to be found again: of those that are marked in @dirty (by
 * the number of the wire; taken as scratch), and of those that looked at @damage. All lines and
 * boxes are indexed. @touched is told when a label has become another. FALSE: gave up half way. */
typedef void (*TnLabelTouched) (guint wire, const TnSceneWire *before, gpointer data);
gboolean tn_labels_follow (TnScene *scene, guint8 *dirty, const TnSpatial *damage,
                           TnLabelTouched touched, gpointer data);
/* What an issue says, in a few words for a box: "expects (None, 256)". New string. */
char *tn_issue_note (const TnIssue *issue);
/* The wire that ends in this input, or NULL. */
const TnSceneWire *tn_scene_find_wire (const TnScene *scene, TnNodeId node, guint call, guint slot);

static inline TnRect
tn_rect_grown (TnRect rect, double by)
{
  return (TnRect){ rect.x - by, rect.y - by, rect.width + 2 * by, rect.height + 2 * by };
}

static inline TnRect
tn_rect_union (TnRect a, TnRect b)
{
  double x = MIN (a.x, b.x);
  double y = MIN (a.y, b.y);

  return (TnRect){ x, y, MAX (a.x + a.width, b.x + b.width) - x,
                   MAX (a.y + a.height, b.y + b.height) - y };
}

/* ---- tn-scene.c ---- */

/* What is drawn of an item, by its number. */
TnRect tn_scene_item_bounds (const TnScene *scene, guint item);
/* Makes the index of the items anew; and the bounds of the whole. */
void tn_scene_index (TnScene *scene);
void tn_scene_measure (TnScene *scene);
/* The worst issue of each box, which has none yet. */
void tn_scene_assign_issues (TnScene *scene);

/* ---- tn-scene-nodes.c ---- */

/* What the facts, possibly of an earlier graph, say. */
TnShape tn_scene_shape (const TnScene *scene, TnRef ref, gboolean *assumed);
/* Of the string chunk, where equal texts are one. */
const char *tn_scene_shape_text (TnScene *scene, TnRef ref);
/* What the box @index is and says; then how large it is; then, when all boxes are placed, its
 * ports, which are appended. @places: of the middles, by index. */
void tn_scene_describe_node (TnScene *scene, guint index);
void tn_scene_place_node (TnScene *scene, guint index, TnPoint centre);
void tn_scene_build_ports (TnScene *scene, guint index, const TnPoint *places, GArray *inputs,
                           GArray *outputs);

/* ---- tn-scene-wires.c ---- */

void tn_scene_build_wires (TnScene *scene);
/* What a wire is and says, and how it runs. */
void tn_scene_describe_wire (TnScene *scene, TnSceneWire *wire);
void tn_scene_lay_wire (TnScene *scene, TnSceneWire *wire);
/* What of a box is in the way of wires, in the frame where the flow goes down. */
TnRect tn_scene_obstacle (const TnScene *scene, guint index);

/* ---- tn-scene-changes.c ---- */

/* More than the widest stroke, the antialiasing and a hair. */
#define TN_CHANGE_REACH 4.0
/* Appends to @changes where a wire and its label look different. */
void tn_scene_compare_wires (const TnSceneWire *before, const TnSceneWire *after, GArray *changes);

/* ---- tn-scene-remarks.c ---- */

TnRemark tn_remark_of (const TnNode *node);
/* Box and bounds of what is no layer. */
void tn_scene_build_remark (TnScene *scene, TnSceneNode *self, TnPoint centre);
TnRect tn_scene_frame_title (const TnScene *scene, const TnSceneNode *self);
/* Is a point on the title or the border of a frame around layers? */
gboolean tn_scene_hit_frame_remark (const TnScene *scene, const TnSceneNode *self, double x,
                                    double y, double slop);
/* How large a comment, frame or knot is. */
TnRect tn_remark_box (const TnStyle *style, const TnNode *node, TnPoint centre);

/* ---- tn-layout-remarks.c ---- */

/* @graph with the places of @arranged, which is it without remarks and knots: frames stay around
 * what they held, comments beside what they stood at. New reference. */
TnGraph *tn_layout_follow_remarks (const TnGraph *graph, const TnGraph *arranged);
/* For a picture in another direction than @graph's: laid out anew where there are remarks or knots,
 * all of which are kept; @facts as for tn_layout_arrange(). A new graph or another reference. */
TnGraph *tn_layout_turn (const TnGraph *graph, TnDirection direction, const TnFacts *facts);

/* ---- tn-scene-roles.c ---- */

/* What has become of what the box @number shows: of a group's, of all that it holds. */
TnRole tn_scene_role (const TnScene *scene, guint number);
/* "bypassed", for a box; NULL for what counts. Static, translated. */
const char *tn_scene_role_text (TnRole role);
/* Comes nothing along the wire from @ref to @to? */
gboolean tn_scene_wire_is_idle (const TnScene *scene, TnNodeId to, TnRef ref);

/* ---- tn-scene-groups.c ---- */

#define TN_MARK_SIZE 7.0 /* of the sign that opens or closes a group */

/* Makes the nodes and decides what is seen: boxes of layers, boxes of groups, frames. */
void tn_scene_find_groups (TnScene *scene);
/* The places of the boxes of groups, which follow those of the layers in @places. */
void tn_scene_place_groups (const TnScene *scene, TnPoint *places);
/* What the box of a group says. */
void tn_scene_describe_group (TnScene *scene, TnSceneNode *self);
/* The ports of the box of a group, without places: appends to @inputs and @outputs. */
void tn_scene_group_ports (const TnScene *scene, const TnSceneNode *self, GArray *inputs,
                           GArray *outputs);
/* When all boxes have their places. */
void tn_scene_build_frames (TnScene *scene);
/* Only what is around those boxes (of guint) again. */
void tn_scene_follow_frames (TnScene *scene, const GArray *boxes);
/* Where the sign that opens or closes it is. */
TnPoint tn_scene_node_mark (const TnScene *scene, const TnSceneNode *node);
TnPoint tn_scene_frame_mark (const TnSceneFrame *frame);
/* "Functional · 5 layers". New string. */
char *tn_scene_group_text (const TnScene *scene, const TnGroup *group);

/* ---- tn-heat.c ---- */

/* What each box costs, when all of them are there. @times: of #TnHeatTime, or NULL. */
void tn_scene_heat (TnScene *scene, const GArray *times);

/* Numbers of the first items of a kind. */
static inline guint
tn_scene_first_wire (const TnScene *scene)
{
  return scene->n_frames;
}

static inline guint
tn_scene_first_node (const TnScene *scene)
{
  return scene->n_frames + scene->n_wires;
}

static inline guint
tn_scene_first_label (const TnScene *scene)
{
  return scene->n_frames + scene->n_wires + scene->n_nodes;
}

static inline guint
tn_scene_n_items (const TnScene *scene)
{
  return scene->n_frames + scene->n_nodes + 2 * scene->n_wires;
}

/* The box that an item is; NULL for anything else. */
static inline const TnSceneNode *
tn_scene_item_node (const TnScene *scene, guint item)
{
  if (item < tn_scene_first_node (scene) || item >= tn_scene_first_label (scene))
    return NULL;
  return &scene->nodes[item - tn_scene_first_node (scene)];
}

/* The box in which it is seen. NULL when it is not in the scene. */
const TnSceneNode *tn_scene_find_node (const TnScene *scene, TnNodeId node);

G_END_DECLS
