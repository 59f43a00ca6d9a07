/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Candidates that give the model an input of another shape: sizes are searched by inference. */
#include "base/tn-i18n.h"
#include "infer/tn-advice-private.h"

/* Inputs are not made larger than by this factor. */
#define MOST_GROWTH 16
/* Sizes above this are left alone. */
#define LARGEST (1 << 24)

/* Inputs upstream (of TnNodeId), owned by the caller. */
static GArray *
find_inputs (const TnAdvisor *advisor)
{
  GArray *found = tn_advisor_upstream_with (advisor, "batch_shape");

  for (guint i = found->len; i-- > 0;)
    if (!tn_node_is_source (tn_graph_find (advisor->graph, g_array_index (found, TnNodeId, i))))
      g_array_remove_index (found, i);
  return found;
}

static TnShape
input_shape (const TnAdvisor *advisor, TnNodeId input)
{
  return tn_facts_shape (advisor->facts, (TnRef){ input, 0, 0 }, NULL);
}

static gboolean
try_shape (TnAdvisor *advisor, TnNodeId input, const TnShape *shape)
{
  g_autofree char *text = tn_shape_to_text (shape);

  return tn_advisor_try_set (advisor, input, "batch_shape", text);
}

/* ---- one number that is wanted ---- */

/* Which axes of an input are changed together. */
typedef struct
{
  TnNodeId input;
  TnShape shape; /* as it is */
  int from, to;  /* axes from … to - 1, all of one size */
} Knob;

static TnShape
turn (const Knob *knob, gint64 size)
{
  TnShape shape = knob->shape;

  for (int axis = knob->from; axis < knob->to; axis++)
    shape.dims[axis] = tn_dim (size);
  return shape;
}

/* What arrives along @axis when the knob is at @size; 0 when nothing does. FALSE: no more time. */
static gboolean
measure (TnAdvisor *advisor, const Knob *knob, gint64 size, int axis, gint64 *out)
{
  g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);
  TnShape shape = turn (knob, size), gets;
  g_autofree char *text = tn_shape_to_text (&shape);
  g_autoptr (TnFacts) after = NULL;
  int index;

  *out = 0;
  if (!tn_draft_set_text (draft, knob->input, "batch_shape", text, NULL))
    return FALSE;
  after = tn_advisor_look (advisor, draft);
  if (after == NULL)
    return FALSE;
  index = tn_graph_index (tn_facts_graph (after), advisor->issue->node);
  gets = tn_facts_input (after, (guint)index, advisor->call, advisor->slot);
  if (gets.rank == advisor->arrives.rank)
    *out = MAX (gets.dims[axis].size, 0);
  return TRUE;
}

/* The size nearest to what is there for which @wanted arrives, on the assumption that more in is
 * not less out. */
static void
search_knob (TnAdvisor *advisor, const Knob *knob, int axis, gint64 wanted)
{
  gint64 now = knob->shape.dims[knob->from].size, low = 1, high = now, got;
  gboolean less = advisor->arrives.dims[axis].size > wanted;

  if (now < 1 || now > LARGEST)
    return;
  if (!less)
    {
      low = now;
      high = now * MOST_GROWTH;
    }
  /* Less: the largest that is not above what is wanted. More: the smallest that is not below. */
  while (low < high)
    {
      gint64 middle = less ? high - (high - low) / 2 : low + (high - low) / 2;

      if (!measure (advisor, knob, middle, axis, &got))
        return;
      if (less)
        {
          if (got <= wanted)
            low = middle;
          else
            high = middle - 1;
        }
      else if (got >= wanted)
        high = middle;
      else
        low = middle + 1;
    }
  if (measure (advisor, knob, low, axis, &got) && got == wanted)
    {
      TnShape shape = turn (knob, low);

      try_shape (advisor, knob->input, &shape);
    }
}

void
tn_candidates_input_for (TnAdvisor *advisor, int axis, gint64 wanted)
{
  g_autoptr (GArray) inputs = find_inputs (advisor);

  if (axis < 1 || wanted < 1 || !tn_dim_is_known (advisor->arrives.dims[axis])
      || advisor->arrives.dims[axis].size == wanted)
    return;
  for (guint i = 0; i < inputs->len; i++)
    {
      TnNodeId input = g_array_index (inputs, TnNodeId, i);
      Knob knob = { .input = input, .shape = input_shape (advisor, input) };
      TnImage image = tn_advisor_image (advisor, advisor->issue->node, knob.shape.rank);

      if (knob.shape.rank < 2)
        continue;
      /* All sides of a square or a cube, then each axis by itself. */
      knob.from = image.spatial;
      knob.to = image.spatial + image.n;
      for (int at = knob.from; at < knob.to; at++)
        if (knob.shape.dims[at].size != knob.shape.dims[knob.from].size)
          knob.to = knob.from;
      if (knob.to > knob.from + 1)
        search_knob (advisor, &knob, axis, wanted);
      for (int at = 1; at < knob.shape.rank; at++)
        {
          knob.from = at;
          knob.to = at + 1;
          search_knob (advisor, &knob, axis, wanted);
        }
    }
}

/* ---- sizes that can be halved ---- */

/* All spatial axes to the nearest multiple of @factor, down or up. FALSE: they are so, or cannot
 * be.
 */
static gboolean
round_shape (TnShape *shape, TnImage image, gint64 factor, gboolean up)
{
  gboolean changed = FALSE;

  for (int i = 0; i < image.n; i++)
    {
      TnDim *dim = &shape->dims[image.spatial + i];
      gint64 rest;

      if (!tn_dim_is_known (*dim) || dim->size > LARGEST)
        return FALSE;
      rest = dim->size % factor;
      if (rest == 0)
        continue;
      dim->size += up ? factor - rest : -rest;
      changed = TRUE;
      if (dim->size < 1)
        return FALSE;
    }
  return changed;
}

void
tn_candidates_input_multiples (TnAdvisor *advisor)
{
  g_autoptr (GArray) inputs = find_inputs (advisor);

  for (guint i = 0; i < inputs->len; i++)
    for (int up = 1; up >= 0; up--)
      {
        TnNodeId input = g_array_index (inputs, TnNodeId, i);
        guint kept = advisor->fixes->len;

        for (gint64 factor = 2; factor <= 64 && !tn_advisor_has_whole (advisor, kept); factor *= 2)
          {
            TnShape shape = input_shape (advisor, input);

            if (shape.rank >= 3
                && round_shape (&shape,
                                tn_advisor_image (advisor, advisor->issue->node, shape.rank),
                                factor, up > 0))
              try_shape (advisor, input, &shape);
          }
      }
}

/* ---- larger ---- */

/* All spatial axes as much larger as the first one is made. */
static TnShape
grow (TnShape shape, TnImage image, gint64 size)
{
  gint64 now = shape.dims[image.spatial].size;

  for (int i = 0; i < image.n; i++)
    {
      TnDim *dim = &shape.dims[image.spatial + i];

      dim->size = MAX (dim->size, (dim->size * size + now - 1) / now);
    }
  return shape;
}

/* TRUE: the model with an input of this shape has what it needs. */
static gboolean
is_large_enough (TnAdvisor *advisor, TnNodeId input, const TnShape *shape, gboolean *tried)
{
  g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);
  g_autofree char *text = tn_shape_to_text (shape);
  g_autoptr (TnFacts) after = NULL;

  *tried = FALSE;
  if (!tn_draft_set_text (draft, input, "batch_shape", text, NULL))
    return FALSE;
  after = tn_advisor_look (advisor, draft);
  *tried = after != NULL;
  return after != NULL && tn_advisor_mends (advisor, after);
}

static void
enlarge (TnAdvisor *advisor, TnNodeId input)
{
  TnShape shape = input_shape (advisor, input), found;
  TnImage image = tn_advisor_image (advisor, advisor->issue->node, shape.rank);
  gint64 now, low, high;
  gboolean tried = FALSE;

  if (image.n < 1)
    return;
  for (int i = 0; i < image.n; i++)
    if (shape.dims[image.spatial + i].size < 1 || shape.dims[image.spatial + i].size > LARGEST)
      return;
  now = low = shape.dims[image.spatial].size;
  for (high = now * 2;; high *= 2)
    {
      found = grow (shape, image, high);
      if (is_large_enough (advisor, input, &found, &tried))
        break;
      if (!tried || high > now * MOST_GROWTH)
        return;
      low = high;
    }
  while (low + 1 < high)
    {
      gint64 middle = low + (high - low) / 2;

      found = grow (shape, image, middle);
      if (is_large_enough (advisor, input, &found, &tried))
        high = middle;
      else if (tried)
        low = middle;
      else
        return;
    }
  found = grow (shape, image, high);
  try_shape (advisor, input, &found);
}

void
tn_candidates_input_larger (TnAdvisor *advisor)
{
  g_autoptr (GArray) inputs = find_inputs (advisor);

  for (guint i = 0; i < inputs->len; i++)
    enlarge (advisor, g_array_index (inputs, TnNodeId, i));
}

/* ---- other order, and what is open ---- */

void
tn_candidates_input_order (TnAdvisor *advisor)
{
  g_autoptr (GArray) inputs = find_inputs (advisor);

  for (guint i = 0; i < inputs->len; i++)
    {
      TnNodeId input = g_array_index (inputs, TnNodeId, i);
      TnShape shape = input_shape (advisor, input), turned = shape;
      TnImage image = tn_advisor_image (advisor, advisor->issue->node, shape.rank);
      int from = image.channels_first ? shape.rank - 1 : 1;
      int to = image.channels_first ? 1 : shape.rank - 1, step = from < to ? 1 : -1;

      if (shape.rank < 3)
        continue;
      for (int axis = from; axis != to; axis += step)
        turned.dims[axis] = shape.dims[axis + step];
      turned.dims[to] = shape.dims[from];
      /* Channels are fewer than what they are looked at along. */
      if (tn_dim_is_known (shape.dims[from]) && tn_dim_is_known (shape.dims[to])
          && shape.dims[from].size < shape.dims[to].size)
        try_shape (advisor, input, &turned);
    }
}

void
tn_candidates_input_known (TnAdvisor *advisor)
{
  static const gint64 usual[] = { 224, 128, 64, 32, 28 };
  g_autoptr (GArray) inputs = find_inputs (advisor);

  for (guint i = 0; i < inputs->len; i++)
    {
      TnNodeId input = g_array_index (inputs, TnNodeId, i);
      TnShape shape = input_shape (advisor, input);
      TnImage image = tn_advisor_image (advisor, advisor->issue->node, shape.rank);

      for (guint j = 0; j < G_N_ELEMENTS (usual); j++)
        {
          TnShape known = shape;

          for (int axis = 1; axis < known.rank; axis++)
            if (!tn_dim_is_known (known.dims[axis]))
              known.dims[axis] = tn_dim (known.rank >= 4 && axis == image.channel ? 3 : usual[j]);
          if (try_shape (advisor, input, &known))
            break;
        }
    }
}

/* ---- what goes in comes out ---- */

/* Input and labels both with their spatial axes at @size. */
static gboolean
try_both (TnAdvisor *advisor, TnNodeId input, TnShape in, TnShape labels, TnImage image,
          gint64 size)
{
  TnNodeId touched[] = { input, advisor->issue->node };
  g_autoptr (TnDraft) draft = tn_advisor_draft (advisor);
  g_autofree char *in_text = NULL, *labels_text = NULL;

  for (int i = 0; i < image.n; i++)
    in.dims[image.spatial + i] = labels.dims[image.spatial + i] = tn_dim (size);
  in_text = tn_shape_to_text (&in);
  labels_text = tn_shape_to_text (&labels);
  if (!tn_draft_set_text (draft, input, "batch_shape", in_text, NULL)
      || !tn_draft_set_text (draft, advisor->issue->node, "shape", labels_text, NULL))
    return FALSE;
  return tn_advisor_try (advisor, g_steal_pointer (&draft),
                         /* Translators: layer, shape, layer, shape */
                         g_strdup_printf (_ ("Set batch_shape of %s to %s and shape of %s to %s"),
                                          tn_node_name (tn_graph_find (advisor->graph, input)),
                                          in_text, tn_node_name (advisor->node), labels_text),
                         touched, 2);
}

void
tn_candidates_input_and_target (TnAdvisor *advisor)
{
  g_autoptr (GArray) inputs = find_inputs (advisor);
  TnShape labels = advisor->issue->received;

  for (guint i = 0; i < inputs->len; i++)
    {
      TnNodeId input = g_array_index (inputs, TnNodeId, i);
      TnShape in = input_shape (advisor, input);
      TnImage image = tn_advisor_image (advisor, advisor->issue->node, in.rank);
      gint64 now = image.n > 0 ? in.dims[image.spatial].size : 0;

      if (in.rank != labels.rank || now < 1)
        continue;
      for (int axis = 0; axis < image.n; axis++)
        if (in.dims[image.spatial + axis].size != now
            || labels.dims[image.spatial + axis].size != now)
          now = 0;
      for (gint64 far = 1; now > 0 && far <= 16; far++)
        if (try_both (advisor, input, in, labels, image, now + far)
            || (now > far && try_both (advisor, input, in, labels, image, now - far)))
          break;
    }
}
