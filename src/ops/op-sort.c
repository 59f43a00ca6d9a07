/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Order along an axis.
 *
 * sort: x  ->  x's shape, ascending along settings.axis; settings.backwards: descending. What is
 * not a number stands last either way. With settings.kernel[0] > 0 only so many are put out.
 * argsort: the same, of the places where the numbers stand in x; equal ones stay in their order. */
#include "ops/tn-op.h"

#include <math.h>
#include <string.h>

/* Pieces that are sorted by insertion before they are merged. */
#define SHORT_RUN 12

static TnShape
sort_shape (const TnOpCall *call, const TnShape *given)
{
  TnShape shape = *call->inputs[0];
  int axis = call->settings->axis;

  if (axis < 0 || axis >= shape.rank)
    tn_op_misuse ("sort", call, "there is no such axis");
  if (call->settings->kernel[0] > tn_op_dim (&shape, axis))
    tn_op_misuse ("sort", call, "there are not so many along the axis");
  if (call->settings->kernel[0] > 0)
    shape.dims[axis] = tn_dim (call->settings->kernel[0]);
  return shape;
}

typedef struct
{
  float number;
  gint64 place;
} Item;

static inline gboolean
comes_before (float a, float b, gboolean backwards)
{
  return (backwards ? a > b : a < b) || (isnan (b) && !isnan (a));
}

/* A run that stands in @from to @to, items of equal rank in their order. */
static void
merge (const Item *from, gint64 middle, gint64 n, gboolean backwards, Item *to)
{
  gint64 left = 0, right = middle;

  for (gint64 i = 0; i < n; i++)
    to[i] = right < n
                    && (left >= middle
                        || comes_before (from[right].number, from[left].number, backwards))
                ? from[right++]
                : from[left++];
}

/* Sorts @n items by merging, with room for as many at @spare; returns where they stand. */
static const Item *
sort_items (Item *items, Item *spare, gint64 n, gboolean backwards)
{
  for (gint64 start = 0; start < n; start += SHORT_RUN)
    for (gint64 i = start + 1; i < MIN (start + SHORT_RUN, n); i++)
      {
        Item item = items[i];
        gint64 at = i;

        for (; at > start && comes_before (item.number, items[at - 1].number, backwards); at--)
          items[at] = items[at - 1];
        items[at] = item;
      }
  for (gint64 length = SHORT_RUN; length < n; length *= 2)
    {
      Item *other = items;

      for (gint64 start = 0; start < n; start += 2 * length)
        merge (items + start, MIN (length, n - start), MIN (2 * length, n - start), backwards,
               spare + start);
      items = spare;
      spare = other;
    }
  return items;
}

typedef struct
{
  TnLanes lanes;
  gint64 kept, lanes_per_band;
  gboolean backwards, places;
  const TnOpData *data;
  const TnKernelContext *context;
} Sort;

static void
sort_band (gint64 band, guint worker, gpointer data)
{
  const Sort *s = data;
  gint64 n = s->lanes.size, inner = s->lanes.inner;
  gint64 last = MIN ((band + 1) * s->lanes_per_band, s->lanes.outer * inner);
  Item *items = tn_kernel_scratch (s->context, worker);

  for (gint64 lane = band * s->lanes_per_band; lane < last; lane++)
    {
      const float *x = s->data->inputs[0] + lane / inner * n * inner + lane % inner;
      float *out = s->data->output + lane / inner * s->kept * inner + lane % inner;
      const Item *sorted;

      for (gint64 i = 0; i < n; i++)
        items[i] = (Item){ x[i * inner], i };
      sorted = sort_items (items, items + n, n, s->backwards);
      for (gint64 i = 0; i < s->kept; i++)
        out[i * inner] = s->places ? (float)sorted[i].place : sorted[i].number;
    }
}

static TnScratch
sort_scratch (const TnOpCall *call)
{
  gint64 n = tn_op_dim (call->inputs[0], call->settings->axis);

  return (TnScratch){ .worker = 2 * (gsize)n * sizeof (Item) };
}

static void
run_sort (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context,
          gboolean places)
{
  Sort s = { .lanes = tn_op_lanes (call->inputs[0], call->settings->axis),
             .kept = tn_op_dim (call->output, call->settings->axis),
             .backwards = call->settings->backwards,
             .places = places,
             .data = data,
             .context = context };

  if (s.kept == 0)
    return;
  s.lanes_per_band = MAX (TN_BAND_ELEMENTS / 4 / s.lanes.size, 1);
  tn_kernel_for (context, tn_op_bands (s.lanes.outer * s.lanes.inner, s.lanes_per_band), sort_band,
                 &s);
}

static void
sort_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  run_sort (call, data, context, FALSE);
}

static void
argsort_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  run_sort (call, data, context, TRUE);
}

/* Each stands where as many go before it as do. */
static void
sort_naively (const TnOpCall *call, const TnOpData *data, gboolean places)
{
  TnLanes lanes = tn_op_lanes (call->inputs[0], call->settings->axis);
  gint64 kept = tn_op_dim (call->output, call->settings->axis);
  gboolean backwards = call->settings->backwards;

  for (gint64 lane = 0; lane < lanes.outer * lanes.inner; lane++)
    {
      gint64 outer = lane / lanes.inner, inner = lane % lanes.inner;
      const float *x = data->inputs[0] + outer * lanes.size * lanes.inner + inner;

      for (gint64 i = 0; i < lanes.size; i++)
        {
          float mine = x[i * lanes.inner];
          gint64 rank = 0;

          for (gint64 j = 0; j < lanes.size; j++)
            {
              float other = x[j * lanes.inner];
              gboolean equal = other == mine || (isnan (other) && isnan (mine));

              rank += equal ? j < i : isnan (mine) || (backwards ? other > mine : other < mine);
            }
          if (rank < kept)
            data->output[(outer * kept + rank) * lanes.inner + inner] = places ? (float)i : mine;
        }
    }
}

static void
sort_reference (const TnOpCall *call, const TnOpData *data)
{
  sort_naively (call, data, FALSE);
}

static void
argsort_reference (const TnOpCall *call, const TnOpData *data)
{
  sort_naively (call, data, TRUE);
}

static const char *
sort_kernel_name (const TnOpCall *call)
{
  return "merge sort";
}

const TnOp tn_op_sort = {
  .name = "sort",
  .min_inputs = 1,
  .max_inputs = 1,
  .shape = sort_shape,
  .kernel_name = sort_kernel_name,
  .scratch = sort_scratch,
  .kernel = sort_kernel,
  .reference = sort_reference,
};

const TnOp tn_op_argsort = {
  .name = "argsort",
  .min_inputs = 1,
  .max_inputs = 1,
  .shape = sort_shape,
  .kernel_name = sort_kernel_name,
  .scratch = sort_scratch,
  .kernel = argsort_kernel,
  .reference = argsort_reference,
};
