/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands on the canvas beside layers: comments, frames around layers, knots of wires. They are
 * nodes, so that selecting, moving, copying and undoing need nothing of their own for them; and as
 * they count for nothing (graph/tn-active.h), nothing that judges, runs or writes models for others
 * ever sees them. */
#include "layers/tn-remarks.h"

#include <string.h>

#include "base/tn-i18n.h"

static const char *const colors[] = { "yellow", "blue", "green", "purple", "red", "grey", NULL };

#define TEXT                                                                                       \
  {                                                                                                \
    .name = "text", .label = N_ ("Text"), .help = N_ ("What stands there."),                       \
    .kind = TN_PARAM_STRING,                                                                       \
    .fallback                                                                                      \
        = {.kind = TN_VALUE_STRING,                                                                \
           .string = "" }                                                                          \
  }
#define COLOR                                                                                      \
  {                                                                                                \
    .name = "color", .label = N_ ("Color"), .help = N_ ("The color it is drawn in."),              \
    .kind = TN_PARAM_CHOICE, .choices = colors,                                                    \
    .fallback                                                                                      \
        = {.kind = TN_VALUE_STRING,                                                                \
           .string = "yellow" }                                                                    \
  }
#define LENGTH(what, words, help_words, standard)                                                  \
  {                                                                                                \
    .name = what, .label = words, .help = help_words, .kind = TN_PARAM_FLOAT,                      \
    .minimum = TN_REMARK_LEAST, .maximum = TN_REMARK_MOST,                                         \
    .fallback                                                                                      \
        = {.kind = TN_VALUE_FLOAT,                                                                 \
           .number = standard }                                                                    \
  }

static const TnParam params[TN_REMARK_N_PARAMS] = {
  [TN_REMARK_TEXT] = TEXT,
  [TN_REMARK_COLOR] = COLOR,
  [TN_REMARK_WIDTH] = LENGTH ("width", N_ ("Width"), N_ ("How wide it is."), 200),
  [TN_REMARK_HEIGHT] = LENGTH ("height", N_ ("Height"), N_ ("How high it is."), 120),
};

/* Their class has a dot, as no class of Python's has. */
static const TnLayer comment = {
  .schema = { .type = "tenon.Comment",
              .auto_name = "comment",
              .params = params,
              .n_params = TN_REMARK_HEIGHT,
              .remark = TRUE },
  .family = TN_FAMILY_TRAINING,
  .label = N_ ("Comment"),
  .summary = N_ ("A text on the canvas; it changes nothing about the model."),
  .icon = "tenon-layer-target-symbolic",
};

static const TnLayer frame = {
  .schema = { .type = "tenon.Frame",
              .auto_name = "frame",
              .params = params,
              .n_params = TN_REMARK_N_PARAMS,
              .remark = TRUE },
  .family = TN_FAMILY_TRAINING,
  .label = N_ ("Frame"),
  .summary = N_ ("A titled area around layers, which move with it; it changes nothing about the "
                 "model."),
  .icon = "tenon-layer-target-symbolic",
};

static const TnLayer knot = {
  .schema = { .type = "tenon.Knot",
              .auto_name = "knot",
              .min_inputs = 1,
              .max_inputs = 1,
              .n_outputs = 1,
              .keras = TRUE,
              .knot = TRUE },
  .family = TN_FAMILY_TRAINING,
  .label = N_ ("Knot"),
  .summary = N_ ("A point that a wire goes through; it changes nothing about the model."),
  .icon = "tenon-layer-target-symbolic",
};

static const TnLayer *const all[] = { &comment, &frame, &knot };

const TnLayer *
tn_layer_comment (void)
{
  return &comment;
}

const TnLayer *
tn_layer_frame (void)
{
  return &frame;
}

const TnLayer *
tn_layer_knot (void)
{
  return &knot;
}

const TnLayer *
tn_layer_find_remark (const char *type)
{
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    if (strcmp (all[i]->schema.type, type) == 0)
      return all[i];
  return NULL;
}

gboolean
tn_remark_frame (const TnNode *node, double *x, double *y, double *width, double *height)
{
  if (tn_node_schema (node) != &frame.schema)
    return FALSE;
  *width = tn_node_float (node, TN_REMARK_WIDTH);
  *height = tn_node_float (node, TN_REMARK_HEIGHT);
  *x = tn_node_x (node) - *width / 2;
  *y = tn_node_y (node) - *height / 2;
  return TRUE;
}

guint
tn_remark_n_colors (void)
{
  return G_N_ELEMENTS (colors) - 1;
}

const char *
tn_remark_color_name (guint color)
{
  g_return_val_if_fail (color < tn_remark_n_colors (), NULL);
  return colors[color];
}

guint
tn_remark_color (const TnNode *node)
{
  const char *name = tn_node_string (node, TN_REMARK_COLOR);

  for (guint i = 0; colors[i] != NULL; i++)
    if (strcmp (colors[i], name) == 0)
      return i;
  return 0;
}
