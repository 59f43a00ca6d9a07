/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Feeding: see tn-feed.h. */
#include "exec/tn-feed.h"

#include <math.h>
#include <string.h>

#include "kernels/tn-random.h"

typedef struct
{
  TnDataKind kind;
  TnRandom random;
  TnTensor *tensor;
  guint64 first; /* element of the stream or tensor that comes first */
  gint64 n;      /* elements in all */
  gint64 ids;    /* whole numbers below this */
  float *out;
} Feed;

static void
synthetic_band (gint64 band, guint worker, gpointer data)
{
  const Feed *feed = data;
  gint64 from = band * TN_BAND_ELEMENTS;
  gsize n = (gsize)MIN (TN_BAND_ELEMENTS, feed->n - from);
  float *out = feed->out + from;
  guint64 first = feed->first + (guint64)from;

  switch (feed->kind)
    {
    case TN_DATA_NORMAL:
      tn_random_normal (feed->random, first, n, 0.0f, 1.0f, out);
      break;
    case TN_DATA_UNIFORM:
      tn_random_uniform (feed->random, first, n, 0.0f, 1.0f, out);
      break;
    case TN_DATA_ZEROS:
    case TN_DATA_ONES:
    default:
      for (gsize i = 0; i < n; i++)
        out[i] = feed->kind == TN_DATA_ONES ? 1.0f : 0.0f;
    }
}

void
tn_feed_whole (float *numbers, gint64 n, gint64 limit)
{
  float factor = (float)limit, most = (float)(limit - 1);

  if (limit <= 1 << 24)
    for (gint64 i = 0; i < n; i++)
      {
        /* Rounding must not reach beyond the last. */
        float whole = (float)(gint32)(numbers[i] * factor);
        numbers[i] = whole < most ? whole : most;
      }
  else
    for (gint64 i = 0; i < n; i++)
      numbers[i] = MIN (floorf (numbers[i] * factor), most);
}

static void
ids_band (gint64 band, guint worker, gpointer data)
{
  const Feed *feed = data;
  gint64 from = band * TN_BAND_ELEMENTS;
  gint64 n = MIN (TN_BAND_ELEMENTS, feed->n - from);
  float *out = feed->out + from;
  float most = (float)(feed->ids - 1);

  if (feed->kind == TN_DATA_ZEROS || feed->kind == TN_DATA_ONES)
    for (gint64 i = 0; i < n; i++)
      out[i] = feed->kind == TN_DATA_ONES ? MIN (1.0f, most) : 0.0f;
  else
    {
      tn_random_uniform (feed->random, feed->first + (guint64)from, (gsize)n, 0.0f, 1.0f, out);
      tn_feed_whole (out, n, feed->ids);
    }
}

static void
given_band (gint64 band, guint worker, gpointer data)
{
  const Feed *feed = data;
  gint64 from = band * TN_BAND_ELEMENTS;
  gint64 n = MIN (TN_BAND_ELEMENTS, feed->n - from);
  float *out = feed->out + from;
  const char *in = (const char *)tn_tensor_data (feed->tensor)
                   + (feed->first + (guint64)from) * tn_dtype_size (tn_tensor_dtype (feed->tensor));

  switch (tn_tensor_dtype (feed->tensor))
    {
    case TN_DTYPE_FLOAT32:
      memcpy (out, in, n * sizeof *out);
      break;
    case TN_DTYPE_FLOAT64:
      for (gint64 i = 0; i < n; i++)
        out[i] = (float)((const double *)in)[i];
      break;
    case TN_DTYPE_INT32:
      for (gint64 i = 0; i < n; i++)
        out[i] = (float)((const gint32 *)in)[i];
      break;
    case TN_DTYPE_INT64:
      for (gint64 i = 0; i < n; i++)
        out[i] = (float)((const gint64 *)in)[i];
      break;
    case TN_DTYPE_UINT8:
      for (gint64 i = 0; i < n; i++)
        out[i] = ((const guint8 *)in)[i];
      break;
    case TN_DTYPE_BOOL:
      for (gint64 i = 0; i < n; i++)
        out[i] = ((const guint8 *)in)[i] != 0 ? 1.0f : 0.0f;
      break;
    default:
      g_assert_not_reached ();
    }
}

void
tn_feed_synthetic (TnDataKind kind, guint64 seed, const char *name, gint64 first, gint64 n,
                   gint64 sample, float *out, const TnKernelContext *context)
{
  Feed feed = { .kind = kind,
                .random = tn_random_stream (seed, name),
                .first = (guint64)first * (guint64)sample,
                .n = n * sample,
                .out = out };
  tn_kernel_for (context, tn_op_bands (feed.n, TN_BAND_ELEMENTS), synthetic_band, &feed);
}

void
tn_feed_ids (TnDataKind kind, guint64 seed, const char *name, gint64 first, gint64 n, gint64 sample,
             gint64 ids, float *out, const TnKernelContext *context)
{
  Feed feed = { .kind = kind,
                .random = tn_random_stream (seed, name),
                .first = (guint64)first * (guint64)sample,
                .n = n * sample,
                .ids = MAX (ids, 1),
                .out = out };
  tn_kernel_for (context, tn_op_bands (feed.n, TN_BAND_ELEMENTS), ids_band, &feed);
}

void
tn_feed_given (TnTensor *tensor, gint64 first, gint64 n, gint64 sample, float *out,
               const TnKernelContext *context)
{
  Feed feed = {
    .tensor = tensor, .first = (guint64)first * (guint64)sample, .n = n * sample, .out = out
  };
  tn_kernel_for (context, tn_op_bands (feed.n, TN_BAND_ELEMENTS), given_band, &feed);
}
