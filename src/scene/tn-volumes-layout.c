/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where volumes stand: chains along the flow, arcs above them, branches beside each other. */
#include <math.h>
#include <string.h>

#include "scene/tn-volumes.h"

#define ARROW        26.0 /* between the bodies of two volumes */
#define NEAR_GAP     7.0
#define ATTACHED_GAP 1.2
#define LABEL_GAP    7.0
#define NAME_PITCH   14.0 /* of names that are written aslant */
#define LINE         13.0
#define ARC_GAP      13.0
#define ARC_SHIFT    5.0
#define SIGN_ROOM    26.0 /* for the sign over a recurrent or attention layer */
#define MOST_ARCS    2000u
#define FRAME_GAP    11.0
#define FRAME_TITLE  18.0

typedef struct
{
  TnVolumes *self;
  int *before;  /* of a volume: the one before it in its chain, or -1 */
  guint *chain; /* of a volume */
  guint n_chains;
  double *length; /* of a chain */
  double *reach;  /* how far it goes to either side of its axis */
} Layout;

/* ---- geometry ---- */

static gboolean
is_down (const TnVolumes *self)
{
  return self->direction == TN_DIRECTION_DOWN;
}

/* How far a body reaches over its two ends along the flow. */
static double
overhang (const TnVolumes *self, const TnVolume *volume)
{
  return (is_down (self) ? TN_OBLIQUE_Y : TN_OBLIQUE_X) * volume->deep / 2;
}

static double
half_across (const TnVolumes *self, const TnVolume *volume)
{
  return volume->tall / 2 + (is_down (self) ? TN_OBLIQUE_X : TN_OBLIQUE_Y) * volume->deep / 2;
}

/* What arcs keep off: also the sign over it. */
static double
clearance (const TnVolumes *self, const TnVolume *volume)
{
  gboolean sign
      = !is_down (self)
        && (volume->family == TN_FAMILY_RECURRENT || volume->family == TN_FAMILY_ATTENTION);

  return half_across (self, volume) + (sign ? SIGN_ROOM : 0);
}

TnRect
tn_volume_front (const TnVolumes *self, const TnVolume *volume, double *deep)
{
  double dx = TN_OBLIQUE_X * volume->deep / 2;
  double dy = TN_OBLIQUE_Y * volume->deep / 2;

  *deep = volume->deep;
  if (is_down (self))
    return (TnRect){ volume->v - volume->tall / 2 - dx, volume->u + dy, volume->tall,
                     volume->along };
  return (TnRect){ volume->u - dx, volume->v - volume->tall / 2 + dy, volume->along, volume->tall };
}

TnRect
tn_volume_body (const TnVolumes *self, const TnVolume *volume)
{
  double deep;
  TnRect front = tn_volume_front (self, volume, &deep);

  front.y -= TN_OBLIQUE_Y * deep;
  front.width += TN_OBLIQUE_X * deep;
  front.height += TN_OBLIQUE_Y * deep;
  return front;
}

TnPoint
tn_volume_entry (const TnVolumes *self, const TnVolume *volume)
{
  if (is_down (self))
    return (TnPoint){ volume->v, volume->u };
  return (TnPoint){ volume->u - overhang (self, volume), volume->v };
}

TnPoint
tn_volume_exit (const TnVolumes *self, const TnVolume *volume)
{
  double end = volume->u + volume->along;

  if (is_down (self))
    return (TnPoint){ volume->v, end + overhang (self, volume) };
  return (TnPoint){ end, volume->v };
}

TnPoint
tn_volume_crown (const TnVolumes *self, const TnVolume *volume, double shift)
{
  double middle = volume->u + volume->along / 2 + shift;

  if (is_down (self))
    return (TnPoint){ volume->v - half_across (self, volume),
                      middle + (volume->deep > 0 ? TN_OBLIQUE_Y * volume->deep / 2 : 0) };
  return (TnPoint){ middle, volume->v - volume->tall / 2 };
}

/* ---- texts ---- */

static double
text_width (const TnVolumes *self, const char *text)
{
  return text != NULL ? tn_text_estimate (text, self->style->label_size) : 0;
}

/* How much room the texts under a volume take (beside it where the flow goes down). */
static double
text_room (const TnVolumes *self, const TnVolume *volume)
{
  double name = text_width (self, volume->name);

  if (is_down (self))
    return 8 + text_width (self, volume->size) + text_width (self, volume->height)
           + text_width (self, volume->depth) + text_width (self, volume->kernel) + name + 40;
  return 4 + LINE * ((volume->size != NULL) + (volume->kernel != NULL))
         + (volume->name != NULL ? name * 0.72 + 12 + volume->drop : 0);
}

/* Where the middle of its texts is along the flow, and how wide they are there. */
static double
text_middle (const TnVolumes *self, const TnVolume *volume, double *width)
{
  if (is_down (self))
    {
      *width = volume->size != NULL || volume->name != NULL || volume->kernel != NULL ? LINE : 0;
      return volume->u + volume->along / 2 + overhang (self, volume);
    }
  *width = MAX (text_width (self, volume->size), text_width (self, volume->kernel));
  return volume->u + volume->along / 2 - overhang (self, volume);
}

/* ---- chains ---- */

static void
find_chains (Layout *layout)
{
  TnVolumes *self = layout->self;
  g_autofree guint *n_from = g_new0 (guint, self->n_volumes);
  g_autofree guint *n_to = g_new0 (guint, self->n_volumes);

  for (guint i = 0; i < self->n_wires; i++)
    if (!self->wires[i].skip)
      {
        n_from[self->wires[i].from]++;
        n_to[self->wires[i].to]++;
      }
  for (guint i = 0; i < self->n_volumes; i++)
    layout->before[i] = -1;
  for (guint i = 0; i < self->n_wires; i++)
    {
      const TnVolumeWire *wire = &self->wires[i];

      if (!wire->skip && n_from[wire->from] == 1 && n_to[wire->to] == 1)
        layout->before[wire->to] = (int)wire->from;
    }
  for (guint i = 0; i < self->n_volumes; i++)
    layout->chain[i]
        = layout->before[i] < 0 ? layout->n_chains++ : layout->chain[layout->before[i]];
}

/* What stands on another needs no texts of its own; sizes are written where they change. */
static void
thin_texts (Layout *layout)
{
  TnVolumes *self = layout->self;

  for (guint i = 0; i < self->n_volumes; i++)
    {
      TnVolume *volume = &self->volumes[i];
      TnVolume *before = layout->before[i] >= 0 ? &self->volumes[layout->before[i]] : NULL;

      if (is_down (self))
        {
          if (volume->joint == TN_JOINT_ATTACHED && volume->family != TN_FAMILY_POOLING)
            volume->size = volume->height = volume->depth = volume->kernel = NULL;
          continue;
        }
      if (volume->joint == TN_JOINT_ATTACHED)
        volume->size = volume->kernel = NULL;
      if (volume->joint != TN_JOINT_ARROW)
        {
          volume->height = NULL;
          if (volume->deep == before->deep)
            before->depth = NULL;
        }
    }
}

/* A pooling that stands on what it pools, before a volume that says its size: need not say it. */
static void
drop_twice (Layout *layout)
{
  TnVolumes *self = layout->self;

  for (guint i = 0; i < self->n_volumes && !is_down (self); i++)
    {
      TnVolume *before = layout->before[i] >= 0 ? &self->volumes[layout->before[i]] : NULL;
      const TnVolume *volume = &self->volumes[i];

      if (before != NULL && before->joint == TN_JOINT_ATTACHED && before->depth != NULL
          && volume->height != NULL && volume->deep == before->deep)
        before->depth = NULL;
    }
}

/* Gives a chain's volumes their places from 0 on. */
static void
place_chain (Layout *layout, TnVolume *before, TnVolume *volume, double *last_middle,
             double *last_width, double *last_name)
{
  const TnVolumes *self = layout->self;
  double width, middle, more = 0;

  if (before == NULL)
    volume->u = overhang (self, volume);
  else if (volume->joint == TN_JOINT_ARROW)
    volume->u
        = before->u + before->along + overhang (self, before) + ARROW + overhang (self, volume);
  else
    volume->u
        = before->u + before->along + (volume->joint == TN_JOINT_NEAR ? NEAR_GAP : ATTACHED_GAP);
  /* Height is written at the left of what it belongs to. */
  if (before != NULL && volume->joint == TN_JOINT_ARROW && !is_down (self)
      && (volume->height != NULL || before->depth != NULL))
    volume->u += (volume->height != NULL ? 8 : 0)
                 + (before->depth != NULL ? text_width (self, before->depth) * 0.6 : 0);
  middle = text_middle (self, volume, &width);
  if (before != NULL && width > 0 && *last_width > 0)
    more = *last_middle + (*last_width + width) / 2 + (is_down (self) ? 1 : LABEL_GAP) - middle;
  volume->u += MAX (more, 0);
  middle += MAX (more, 0);
  if (width > 0)
    {
      *last_middle = middle;
      *last_width = width;
    }
  if (volume->name != NULL && !is_down (self))
    {
      /* Lines that rise at 45 degrees: how far along x + y they are is how far apart. */
      double at = middle + volume->tall / 2 + TN_OBLIQUE_Y * volume->deep / 2
                  + LINE * ((volume->size != NULL) + (volume->kernel != NULL));

      volume->drop = MAX (*last_name + NAME_PITCH * G_SQRT2 - at, 0);
      *last_name = at + volume->drop;
    }
}

static void
place_chains (Layout *layout)
{
  TnVolumes *self = layout->self;
  g_autofree double *middle = g_new0 (double, layout->n_chains);
  g_autofree double *width = g_new0 (double, layout->n_chains);
  g_autofree double *name = g_new (double, layout->n_chains);

  for (guint i = 0; i < layout->n_chains; i++)
    name[i] = -G_MAXDOUBLE / 4;
  for (guint i = 0; i < self->n_volumes; i++)
    {
      TnVolume *volume = &self->volumes[i];
      guint chain = layout->chain[i];
      TnVolume *before = layout->before[i] >= 0 ? &self->volumes[layout->before[i]] : NULL;

      place_chain (layout, before, volume, &middle[chain], &width[chain], &name[chain]);
      layout->length[chain] = volume->u + volume->along + overhang (self, volume);
      layout->reach[chain]
          = MAX (layout->reach[chain], clearance (self, volume) + text_room (self, volume));
    }
}

/* ---- arcs ---- */

static int
compare_spans (gconstpointer a, gconstpointer b, gpointer data)
{
  const TnVolumes *self = data;
  const TnVolumeWire *left = &self->wires[*(const guint *)a];
  const TnVolumeWire *right = &self->wires[*(const guint *)b];
  double one = self->volumes[left->to].u - self->volumes[left->from].u;
  double other = self->volumes[right->to].u - self->volumes[right->from].u;

  if (one != other)
    return one < other ? -1 : 1;
  return *(const guint *)a < *(const guint *)b ? -1 : 1;
}

/* The shortest first, each above what it passes and above the arcs that it passes. */
static void
raise_arcs (Layout *layout, GArray *arcs)
{
  TnVolumes *self = layout->self;

  g_array_sort_with_data (arcs, compare_spans, self);
  for (guint i = 0; i < arcs->len; i++)
    {
      TnVolumeWire *wire = &self->wires[g_array_index (arcs, guint, i)];
      double low = self->volumes[wire->from].u;
      double high = self->volumes[wire->to].u;
      gboolean same = layout->chain[wire->from] == layout->chain[wire->to];

      wire->level = G_MAXDOUBLE;
      for (guint j = 0; j < self->n_volumes; j++)
        {
          const TnVolume *volume = &self->volumes[j];

          if ((!same || layout->chain[j] == layout->chain[wire->from])
              && volume->u + volume->along + overhang (self, volume) >= low
              && volume->u - overhang (self, volume) <= high + self->volumes[wire->to].along)
            wire->level = MIN (wire->level, volume->v - clearance (self, volume) - ARC_GAP);
        }
      for (guint j = 0; j < i; j++)
        {
          const TnVolumeWire *other = &self->wires[g_array_index (arcs, guint, j)];

          if ((!same || layout->chain[other->from] == layout->chain[wire->from])
              && MAX (self->volumes[other->from].u, low) < MIN (self->volumes[other->to].u, high))
            wire->level = MIN (wire->level, other->level - ARC_GAP);
        }
    }
}

/* Arcs that begin and end at one slab do not touch there. */
static void
shift_arcs (TnVolumes *self)
{
  g_autofree guint *n_ends = g_new0 (guint, self->n_volumes);
  g_autofree guint *n_starts = g_new0 (guint, self->n_volumes);

  for (guint i = 0; i < self->n_wires; i++)
    if (self->wires[i].skip)
      {
        n_starts[self->wires[i].from]++;
        n_ends[self->wires[i].to]++;
      }
  for (guint i = 0; i < self->n_wires; i++)
    {
      TnVolumeWire *wire = &self->wires[i];

      wire->start_shift = wire->skip && n_ends[wire->from] > 0 ? ARC_SHIFT : 0;
      wire->end_shift = wire->skip && n_starts[wire->to] > 0 ? -ARC_SHIFT : 0;
    }
}

static void
find_arcs (Layout *layout, gboolean same, GArray *arcs)
{
  const TnVolumes *self = layout->self;

  for (guint i = 0; i < self->n_wires && arcs->len < MOST_ARCS; i++)
    if (self->wires[i].skip
        && same == (layout->chain[self->wires[i].from] == layout->chain[self->wires[i].to]))
      g_array_append_val (arcs, i);
}

/* ---- the whole ---- */

static void
place_units (Layout *layout)
{
  TnVolumes *self = layout->self;
  TnLayoutMetrics metrics = { .across_gap = 16, .along_gap = ARROW + 14 };
  g_autofree TnLayoutUnit *units = g_new0 (TnLayoutUnit, layout->n_chains);
  g_autofree TnPoint *places = g_new0 (TnPoint, layout->n_chains);
  g_autoptr (GArray) edges = g_array_new (FALSE, TRUE, sizeof (TnLayoutEdge));

  for (guint i = 0; i < layout->n_chains; i++)
    units[i] = (TnLayoutUnit){ .across = 2 * layout->reach[i],
                               .along = layout->length[i],
                               .position = i };
  for (guint i = 0; i < self->n_wires; i++)
    {
      TnLayoutEdge edge
          = { .from = layout->chain[self->wires[i].from], .to = layout->chain[self->wires[i].to] };

      if (!self->wires[i].skip && edge.from != edge.to)
        g_array_append_val (edges, edge);
    }
  tn_layout_units (units, layout->n_chains, (TnLayoutEdge *)(gpointer)edges->data, edges->len,
                   &metrics, places);
  for (guint i = 0; i < self->n_volumes; i++)
    {
      guint chain = layout->chain[i];

      self->volumes[i].u += places[chain].y - layout->length[chain] / 2;
      self->volumes[i].v = places[chain].x;
    }
  for (guint i = 0; i < self->n_volumes; i++)
    if (self->volumes[i].joint == TN_JOINT_ATTACHED && layout->before[i] >= 0)
      {
        const TnVolume *before = &self->volumes[layout->before[i]];

        if (before->deep > self->volumes[i].deep)
          self->volumes[i].beside = before->u + before->along + overhang (self, before);
      }
  for (guint i = 0; i < self->n_wires; i++)
    self->wires[i].level += self->volumes[self->wires[i].from].v;
}

static guint
depth_within (const TnGraph *graph, const TnGroup *group)
{
  guint depth = 0;

  for (guint i = 0; i < tn_graph_n_groups (graph); i++)
    {
      const char *name = tn_group_name (tn_graph_group (graph, i));

      if (tn_group_holds (group, name) && tn_group_is_open (tn_graph_group (graph, i)))
        {
          guint below = 0;

          for (const char *at = name + strlen (tn_group_name (group)); *at != '\0'; at++)
            below += *at == '/';
          depth = MAX (depth, below);
        }
    }
  return depth;
}

/* A frame is drawn where its layers stand together. */
static void
place_frames (TnVolumes *self, const TnGraph *graph)
{
  guint n_groups = tn_graph_n_groups (graph);

  self->frames = g_new0 (TnVolumeFrame, MAX (n_groups, 1));
  for (guint i = 0; i < n_groups; i++)
    {
      const TnGroup *group = tn_graph_group (graph, i);
      double room = FRAME_GAP * (1 + depth_within (graph, group));
      gboolean any = FALSE, apart = TRUE;
      TnRect box = { 0 };

      if (!tn_group_is_open (group))
        continue;
      for (guint j = 0; j < self->n_volumes; j++)
        if (tn_group_holds (group, tn_node_name (self->volumes[j].node)))
          {
            TnRect body = tn_volume_body (self, &self->volumes[j]);

            box = any ? tn_rect_union (box, body) : body;
            any = TRUE;
          }
      for (guint j = 0; j < self->n_volumes && any; j++)
        if (!tn_group_holds (group, tn_node_name (self->volumes[j].node))
            && tn_rect_intersects (box, tn_volume_body (self, &self->volumes[j])))
          apart = FALSE;
      if (!any || !apart)
        continue;
      box = tn_rect_grown (box, room);
      box.y -= FRAME_TITLE;
      box.height += FRAME_TITLE + (is_down (self) ? 0 : 2 * LINE);
      self->frames[self->n_frames++] = (TnVolumeFrame){ group, box };
    }
}

static void
find_bounds (TnVolumes *self)
{
  for (guint i = 0; i < self->n_volumes; i++)
    {
      const TnVolume *volume = &self->volumes[i];
      TnRect body = tn_volume_body (self, volume);
      double room = text_room (self, volume);
      double name = text_width (self, volume->name) * 0.72;
      double side = MAX (text_width (self, volume->size), text_width (self, volume->kernel)) / 2;

      if (is_down (self))
        {
          body.width += room;
          body = tn_rect_union (body, (TnRect){ body.x, body.y - 4, 1, MAX (body.height, 16) + 8 });
        }
      else
        {
          double middle = volume->u + volume->along / 2 - overhang (self, volume);

          body = tn_rect_union (body, (TnRect){ middle - MAX (name, side), body.y,
                                                MAX (name, side) + side, body.height + room });
          if (volume->height != NULL)
            body = tn_rect_union (body, (TnRect){ body.x - 14, body.y, 1, body.height });
          if (volume->depth != NULL)
            body.width += text_width (self, volume->depth);
          body = tn_rect_union (
              body, (TnRect){ body.x, volume->v - clearance (self, volume), body.width, 1 });
        }
      body = tn_rect_grown (body, 3);
      self->bounds = i == 0 ? body : tn_rect_union (self->bounds, body);
    }
  for (guint i = 0; i < self->n_wires; i++)
    if (self->wires[i].skip)
      {
        double level = self->wires[i].level - 4;
        TnPoint at = tn_volume_crown (self, &self->volumes[self->wires[i].from], 0);
        TnPoint top = is_down (self) ? (TnPoint){ level, at.y } : (TnPoint){ at.x, level };

        self->bounds = tn_rect_union (self->bounds, (TnRect){ top.x, top.y, 1, 1 });
      }
  for (guint i = 0; i < self->n_frames; i++)
    self->bounds = tn_rect_union (self->bounds, tn_rect_grown (self->frames[i].box, 2));
}

void
tn_volumes_place (TnVolumes *self, const TnGraph *graph)
{
  guint n = MAX (self->n_volumes, 1);
  g_autofree int *before = g_new (int, n);
  g_autofree guint *chain = g_new0 (guint, n);
  g_autofree double *length = g_new0 (double, n);
  g_autofree double *reach = g_new0 (double, n);
  g_autoptr (GArray) within = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GArray) across = g_array_new (FALSE, FALSE, sizeof (guint));
  Layout layout
      = { .self = self, .before = before, .chain = chain, .length = length, .reach = reach };

  if (self->n_volumes == 0)
    return;
  find_chains (&layout);
  thin_texts (&layout);
  drop_twice (&layout);
  place_chains (&layout);
  find_arcs (&layout, TRUE, within);
  raise_arcs (&layout, within);
  for (guint i = 0; i < within->len; i++)
    {
      const TnVolumeWire *wire = &self->wires[g_array_index (within, guint, i)];

      reach[chain[wire->from]] = MAX (reach[chain[wire->from]], 4 - wire->level);
    }
  place_units (&layout);
  find_arcs (&layout, FALSE, across);
  raise_arcs (&layout, across);
  shift_arcs (self);
  place_frames (self, graph);
  find_bounds (self);
}
