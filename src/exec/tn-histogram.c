/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bins as wide as a power of two, which double when what comes later does not fit. */
#include "exec/tn-histogram.h"

#include <math.h>
#include <string.h>

/* The smallest float's exponent. */
#define LEAST_SCALE (-149)
/* No number is more bins than this away from zero, so that places are whole numbers of floats. */
#define MOST_PLACES 24
/* Up to which powers of two of both signs are floats, with something to spare. */
#define MOST_SCALE 100
/* Numbers that are looked at together. */
#define PIECE 256

/* The bin of @number, for any finite one. */
static gint64
place_of (double number, int scale)
{
  return (gint64)floor (ldexp (number, -scale));
}

/* The bin that @place is in when bins are 2^@by times as wide. */
static gint64
wider (gint64 place, int by)
{
  by = MIN (by, 62);
  return place >= 0 ? place >> by : -((-place - 1) >> by) - 1;
}

static int
scale_for (double min, double max)
{
  int scale;

  frexp (MAX (fabs (min), fabs (max)), &scale);
  scale = MAX (scale - MOST_PLACES, LEAST_SCALE);
  while (place_of (max, scale) - place_of (min, scale) >= TN_HISTOGRAM_BINS)
    scale++;
  return scale;
}

static void
coarsen (TnBins *bins, int scale)
{
  TnBins old = *bins;
  int by = scale - old.scale;

  if (by <= 0)
    return;
  bins->scale = scale;
  bins->first = wider (old.first, by);
  bins->n_bins = (guint)(wider (old.first + old.n_bins - 1, by) - bins->first) + 1;
  memset (bins->counts, 0, sizeof bins->counts);
  for (guint i = 0; i < old.n_bins; i++)
    bins->counts[wider (old.first + i, by) - bins->first] += old.counts[i];
}

static TnBins
bins_over (double min, double max)
{
  TnBins bins = { .scale = scale_for (min, max), .min = min, .max = max };

  bins.first = place_of (min, bins.scale);
  bins.n_bins = (guint)(place_of (max, bins.scale) - bins.first) + 1;
  return bins;
}

/* Of PIECE numbers, in floats: which bin each is in, and TN_HISTOGRAM_BINS for what is not finite.
 * The product is exact, or vanishes; then what is below zero is still put below it. */
static void
find_places (const float *numbers, const TnBins *bins, guint32 *places)
{
  float factor = ldexpf (1.0f, -bins->scale), width = ldexpf (1.0f, bins->scale);
  gint32 first = (gint32)bins->first;

  for (int i = 0; i < PIECE; i++)
    {
      gint32 place = (gint32)(numbers[i] * factor);
      place -= (float)place * width > numbers[i];
      guint32 bin = (guint32)place - (guint32)first;
      places[i] = MIN (bin, TN_HISTOGRAM_BINS);
    }
}

/* The same for any scale and part of a piece. */
static void
find_few_places (const float *numbers, gint64 n, const TnBins *bins, guint32 *places)
{
  double factor = ldexp (1.0, -bins->scale);

  for (gint64 i = 0; i < n; i++)
    {
      gint64 bin = TN_HISTOGRAM_BINS;
      if (isfinite (numbers[i]))
        bin = (gint64)floor (numbers[i] * factor) - bins->first;
      /* Whatever min and max say, nothing is written beyond the end. */
      places[i] = (guint32)CLAMP (bin, 0, TN_HISTOGRAM_BINS);
    }
}

TnBins
tn_bins_of (const float *numbers, gint64 n, gboolean any, double min, double max)
{
  /* Neighbours are often in the same bin, and one count after the other would wait. */
  guint64 counts[4][TN_HISTOGRAM_BINS + 1] = { { 0 } };
  TnBins bins;

  if (!any)
    return (TnBins){ 0 };
  bins = bins_over (min, max);
  gboolean in_floats = ABS (bins.scale) <= MOST_SCALE;
  for (gint64 done = 0; done < n; done += PIECE)
    {
      guint32 places[PIECE];
      gint64 part = MIN (PIECE, n - done);

      if (part == PIECE && in_floats)
        find_places (numbers + done, &bins, places);
      else
        find_few_places (numbers + done, part, &bins, places);
      for (gint64 i = 0; i < part; i++)
        counts[i % 4][places[i]]++;
    }
  for (guint i = 0; i < bins.n_bins; i++)
    bins.counts[i] = counts[0][i] + counts[1][i] + counts[2][i] + counts[3][i];
  return bins;
}

void
tn_bins_merge (TnBins *bins, const TnBins *more)
{
  TnBins added = *more;
  TnBins all;

  if (more->n_bins == 0)
    return;
  if (bins->n_bins == 0)
    {
      *bins = *more;
      return;
    }
  all = bins_over (MIN (bins->min, more->min), MAX (bins->max, more->max));
  coarsen (bins, all.scale);
  coarsen (&added, all.scale);
  for (guint i = 0; i < bins->n_bins; i++)
    all.counts[bins->first - all.first + i] += bins->counts[i];
  for (guint i = 0; i < added.n_bins; i++)
    all.counts[added.first - all.first + i] += added.counts[i];
  *bins = all;
}

TnHistogram *
tn_bins_histogram (const TnBins *bins)
{
  TnHistogram *histogram;

  if (bins->n_bins == 0)
    return NULL;
  histogram = g_new0 (TnHistogram, 1);
  histogram->n_bins = bins->n_bins;
  memcpy (histogram->counts, bins->counts, sizeof histogram->counts);
  histogram->low = bins->min;
  histogram->high = bins->max;
  if (bins->min < bins->max)
    {
      histogram->low = ldexp ((double)bins->first, bins->scale);
      histogram->high = ldexp ((double)(bins->first + bins->n_bins), bins->scale);
    }
  return histogram;
}
