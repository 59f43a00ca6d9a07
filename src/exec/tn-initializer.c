/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keras's initializers: names, arguments, fans and distributions. */
#include "exec/tn-initializer.h"

#include <math.h>

#include "base/tn-i18n.h"

/* Standard deviation of a unit normal cut at two: what Keras divides by. */
#define TRUNCATED_DEVIATION 0.87962566103423978

typedef enum
{
  FAMILY_CONSTANT,
  FAMILY_UNIFORM,
  FAMILY_NORMAL,
  FAMILY_TRUNCATED,
  FAMILY_SCALING,
  FAMILY_ORTHOGONAL,
  FAMILY_IDENTITY,
} Family;

/* Names without underscores and in lower case, which makes Keras's spellings of one the same. */
static const struct
{
  const char *name;
  Family family;
  double scale; /* of variance scaling; or the constant */
  const char *mode;
  const char *distribution;
} known[] = {
  { "zeros", FAMILY_CONSTANT, 0.0 },
  { "zero", FAMILY_CONSTANT, 0.0 },
  { "ones", FAMILY_CONSTANT, 1.0 },
  { "one", FAMILY_CONSTANT, 1.0 },
  { "constant", FAMILY_CONSTANT, 0.0 },
  { "randomuniform", FAMILY_UNIFORM },
  { "uniform", FAMILY_UNIFORM },
  { "randomnormal", FAMILY_NORMAL },
  { "normal", FAMILY_NORMAL },
  { "truncatednormal", FAMILY_TRUNCATED },
  { "variancescaling", FAMILY_SCALING, 1.0, "fan_in", "truncated_normal" },
  { "glorotuniform", FAMILY_SCALING, 1.0, "fan_avg", "uniform" },
  { "glorotnormal", FAMILY_SCALING, 1.0, "fan_avg", "truncated_normal" },
  { "heuniform", FAMILY_SCALING, 2.0, "fan_in", "uniform" },
  { "henormal", FAMILY_SCALING, 2.0, "fan_in", "truncated_normal" },
  { "lecununiform", FAMILY_SCALING, 1.0, "fan_in", "uniform" },
  { "lecunnormal", FAMILY_SCALING, 1.0, "fan_in", "truncated_normal" },
  { "orthogonal", FAMILY_ORTHOGONAL },
  { "orthogonalinitializer", FAMILY_ORTHOGONAL },
  { "identity", FAMILY_IDENTITY },
  { "identityinitializer", FAMILY_IDENTITY },
};

TnInitializer
tn_initializer_constant (float constant)
{
  return (TnInitializer){ .fill = TN_FILL_CONSTANT, .a = constant };
}

static int
find (const char *name)
{
  g_autoptr (GString) plain = g_string_new (NULL);

  for (const char *c = name; *c != '\0'; c++)
    if (*c != '_')
      g_string_append_c (plain, g_ascii_tolower (*c));
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (known[i].name, plain->str))
      return (int)i;
  return -1;
}

static double
argument (const TnValue *config, const char *name, double fallback)
{
  const TnValue *value = tn_value_lookup (config, name);
  return value != NULL && tn_value_is_number (value) ? tn_value_float (value) : fallback;
}

static const char *
argument_string (const TnValue *config, const char *name, const char *fallback)
{
  const TnValue *value = tn_value_lookup (config, name);
  return value != NULL && tn_value_kind (value) == TN_VALUE_STRING ? tn_value_string (value)
                                                                   : fallback;
}

/* Keras's compute_fans(): the last two axes are channels, the ones before the receptive field. */
static void
fans (const TnShape *shape, double *fan_in, double *fan_out)
{
  double field = 1.0;

  for (int i = 0; i < shape->rank - 2; i++)
    field *= (double)tn_op_dim (shape, i);
  *fan_in = shape->rank == 0   ? 1.0
            : shape->rank == 1 ? (double)tn_op_dim (shape, 0)
                               : (double)tn_op_dim (shape, shape->rank - 2) * field;
  *fan_out = shape->rank < 2 ? *fan_in : (double)tn_op_dim (shape, shape->rank - 1) * field;
}

static gboolean
scaling (const TnShape *shape, double scale, const char *mode, const char *distribution,
         TnInitializer *initializer, char **message)
{
  double fan_in, fan_out;
  fans (shape, &fan_in, &fan_out);

  if (g_ascii_strcasecmp (mode, "fan_in") == 0)
    scale /= MAX (1.0, fan_in);
  else if (g_ascii_strcasecmp (mode, "fan_out") == 0)
    scale /= MAX (1.0, fan_out);
  else if (g_ascii_strcasecmp (mode, "fan_avg") == 0)
    scale /= MAX (1.0, (fan_in + fan_out) / 2.0);
  else
    {
      *message = g_strdup_printf (_ ("The mode “%s” of an initializer is not known."), mode);
      return FALSE;
    }

  if (g_ascii_strcasecmp (distribution, "uniform") == 0)
    {
      double limit = sqrt (3.0 * scale);
      *initializer
          = (TnInitializer){ .fill = TN_FILL_UNIFORM, .a = (float)-limit, .b = (float)limit };
    }
  else if (g_ascii_strcasecmp (distribution, "truncated_normal") == 0
           || g_ascii_strcasecmp (distribution, "normal") == 0)
    *initializer = (TnInitializer){ .fill = TN_FILL_TRUNCATED,
                                    .b = (float)(sqrt (scale) / TRUNCATED_DEVIATION) };
  else if (g_ascii_strcasecmp (distribution, "untruncated_normal") == 0)
    *initializer = (TnInitializer){ .fill = TN_FILL_NORMAL, .b = (float)sqrt (scale) };
  else
    {
      *message = g_strdup_printf (_ ("The distribution “%s” of an initializer is not known."),
                                  distribution);
      return FALSE;
    }
  return TRUE;
}

gboolean
tn_initializer_parse (const TnValue *value, const TnShape *shape, TnInitializer *initializer,
                      char **message)
{
  const TnValue *config = NULL;
  const char *name = NULL;

  if (value != NULL && tn_value_kind (value) == TN_VALUE_STRING)
    name = tn_value_string (value);
  else if (value != NULL)
    {
      name = argument_string (value, "class_name", NULL);
      config = tn_value_lookup (value, "config");
    }
  int index = name != NULL ? find (name) : -1;
  if (index < 0)
    {
      g_autofree char *text = value != NULL ? tn_value_to_text (value) : g_strdup ("None");
      *message = g_strdup_printf (_ ("No initializer is called %s."), text);
      return FALSE;
    }

  switch (known[index].family)
    {
    case FAMILY_CONSTANT:
      *initializer
          = tn_initializer_constant ((float)argument (config, "value", known[index].scale));
      return TRUE;
    case FAMILY_UNIFORM:
      *initializer = (TnInitializer){ .fill = TN_FILL_UNIFORM,
                                      .a = (float)argument (config, "minval", -0.05),
                                      .b = (float)argument (config, "maxval", 0.05) };
      return TRUE;
    case FAMILY_NORMAL:
    case FAMILY_TRUNCATED:
      *initializer = (TnInitializer){
        .fill = known[index].family == FAMILY_NORMAL ? TN_FILL_NORMAL : TN_FILL_TRUNCATED,
        .a = (float)argument (config, "mean", 0.0),
        .b = (float)argument (config, "stddev", 0.05),
      };
      return TRUE;
    case FAMILY_SCALING:
      /* Only VarianceScaling itself has these arguments in its config; the rest are presets. */
      return scaling (shape, argument (config, "scale", known[index].scale),
                      argument_string (config, "mode", known[index].mode),
                      argument_string (config, "distribution", known[index].distribution),
                      initializer, message);
    case FAMILY_ORTHOGONAL:
      if (shape->rank < 2)
        {
          *message = g_strdup (_ ("An orthogonal initializer needs a weight of two or more dims."));
          return FALSE;
        }
      *initializer = (TnInitializer){ .fill = TN_FILL_ORTHOGONAL,
                                      .a = (float)argument (config, "gain", 1.0) };
      return TRUE;
    case FAMILY_IDENTITY:
      if (shape->rank != 2)
        {
          *message = g_strdup (_ ("An identity initializer needs a weight of exactly two dims."));
          return FALSE;
        }
      *initializer
          = (TnInitializer){ .fill = TN_FILL_IDENTITY, .a = (float)argument (config, "gain", 1.0) };
      return TRUE;
    }
  g_assert_not_reached ();
}

typedef struct
{
  TnInitializer initializer;
  TnRandom random;
  gint64 n;
  float *out;
} Filling;

/* Each number of a stream is a function of its index, so bands need nothing of each other. */
static void
fill_band (gint64 band, guint worker, gpointer data)
{
  const Filling *f = data;
  gint64 first = band * TN_BAND_ELEMENTS;
  gsize n = (gsize)MIN (TN_BAND_ELEMENTS, f->n - first);
  float *out = f->out + first;

  switch (f->initializer.fill)
    {
    case TN_FILL_UNIFORM:
      tn_random_uniform (f->random, first, n, f->initializer.a, f->initializer.b, out);
      break;
    case TN_FILL_NORMAL:
      tn_random_normal (f->random, first, n, f->initializer.a, f->initializer.b, out);
      break;
    case TN_FILL_TRUNCATED:
      tn_random_truncated_normal (f->random, first, n, f->initializer.a, f->initializer.b, out);
      break;
    case TN_FILL_ORTHOGONAL: /* begins as unit normal */
      tn_random_normal (f->random, first, n, 0.0f, 1.0f, out);
      break;
    case TN_FILL_CONSTANT:
    case TN_FILL_IDENTITY: /* begins as zeros */
      for (gsize i = 0; i < n; i++)
        out[i] = f->initializer.fill == TN_FILL_CONSTANT ? f->initializer.a : 0.0f;
      break;
    }
}

typedef struct
{
  float *out;
  gint64 length;            /* of a vector */
  gint64 step, vector_step; /* between its elements, between vectors */
  gint64 current;           /* vector that is taken out of the later ones */
} Vectors;

static double
dot (const Vectors *v, const float *a, const float *b)
{
  double sum = 0.0;
  for (gint64 i = 0; i < v->length; i++)
    sum += (double)a[i * v->step] * b[i * v->step];
  return sum;
}

static void
orthogonalize_band (gint64 band, guint worker, gpointer data)
{
  const Vectors *v = data;
  const float *unit = v->out + v->current * v->vector_step;
  float *other = v->out + (v->current + 1 + band) * v->vector_step;
  double part = dot (v, unit, other);
  for (gint64 i = 0; i < v->length; i++)
    other[i * v->step] = (float)(other[i * v->step] - part * unit[i * v->step]);
}

/* Modified Gram and Schmidt on the shorter side's vectors, twice, so that rounding of the first
 * pass is taken out by the second. The triangle's diagonal is positive, as Keras makes it. */
static void
orthogonalize (const TnShape *shape, float gain, float *out, const TnKernelContext *context)
{
  gint64 columns = tn_op_dim (shape, shape->rank - 1);
  gint64 rows = tn_op_product (shape, 0, shape->rank - 1);
  gboolean upright = rows >= columns;
  Vectors v = { .out = out,
                .length = upright ? rows : columns,
                .step = upright ? columns : 1,
                .vector_step = upright ? 1 : columns };
  gint64 n = upright ? columns : rows;

  for (int pass = 0; pass < 2; pass++)
    for (v.current = 0; v.current < n; v.current++)
      {
        float *unit = out + v.current * v.vector_step;
        double length = sqrt (dot (&v, unit, unit));
        double factor = length > 0.0 ? 1.0 / length : 0.0;
        for (gint64 i = 0; i < v.length; i++)
          unit[i * v.step] = (float)(unit[i * v.step] * factor);
        tn_kernel_for (context, n - v.current - 1, orthogonalize_band, &v);
      }
  for (gint64 i = 0; i < rows * columns; i++)
    out[i] *= gain;
}

void
tn_initializer_fill (TnInitializer initializer, const TnShape *shape, TnRandom random, float *out,
                     const TnKernelContext *context)
{
  Filling filling = {
    .initializer = initializer, .random = random, .n = tn_shape_elements (shape, 0), .out = out
  };
  tn_kernel_for (context, tn_op_bands (filling.n, TN_BAND_ELEMENTS), fill_band, &filling);

  if (initializer.fill == TN_FILL_ORTHOGONAL)
    orthogonalize (shape, initializer.a, out, context);
  else if (initializer.fill == TN_FILL_IDENTITY)
    for (gint64 i = 0; i < MIN (tn_op_dim (shape, 0), tn_op_dim (shape, 1)); i++)
      out[i * tn_op_dim (shape, 1) + i] = initializer.a;
}
