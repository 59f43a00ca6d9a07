/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tenon layers: the catalogue, with every parameter, its default and its range. */
#include <string.h>
#include <unistd.h>

#include "base/tn-text.h"
#include "cli/cli-private.h"

static const char *
kind_name (TnParamKind kind)
{
  static const char *const names[] = {
    [TN_PARAM_BOOL] = "bool",     [TN_PARAM_INT] = "int",         [TN_PARAM_FLOAT] = "float",
    [TN_PARAM_STRING] = "string", [TN_PARAM_CHOICE] = "choice",   [TN_PARAM_INTS] = "ints",
    [TN_PARAM_DIMS] = "shape",    [TN_PARAM_AXES] = "axes",       [TN_PARAM_OBJECT] = "object",
    [TN_PARAM_PAIRS] = "pairs",   [TN_PARAM_NUMBERS] = "numbers", [TN_PARAM_LAYER] = "layer",
    [TN_PARAM_KEY] = "key",
  };

  return names[kind];
}

/* Does the schema set bounds to this parameter? Those of whole numbers hold for each of several. */
static gboolean
has_bounds (const TnParam *param)
{
  return (param->kind == TN_PARAM_INT || param->kind == TN_PARAM_FLOAT
          || param->kind == TN_PARAM_INTS || param->kind == TN_PARAM_PAIRS
          || param->kind == TN_PARAM_NUMBERS)
         && !(param->flags & TN_PARAM_UNBOUNDED);
}

static gboolean
has_maximum (const TnParam *param)
{
  return has_bounds (param) && param->maximum > param->minimum;
}

/* "1 to 10", "more than 0", "valid | same". New string. */
static char *
range_text (const TnParam *param)
{
  g_autofree char *minimum = tn_text_double (param->minimum);
  g_autofree char *maximum = tn_text_double (param->maximum);

  if (param->choices != NULL)
    return g_strjoinv (" | ", (char **)param->choices);
  if (!has_bounds (param))
    return g_strdup ("");
  if (g_str_has_suffix (minimum, ".0"))
    minimum[strlen (minimum) - 2] = '\0';
  if (g_str_has_suffix (maximum, ".0"))
    maximum[strlen (maximum) - 2] = '\0';
  if (has_maximum (param))
    return g_strdup_printf (param->flags & TN_PARAM_EXCLUSIVE ? _ ("more than %s, up to %s")
                                                              : _ ("%s to %s"),
                            minimum, maximum);
  return g_strdup_printf (
      param->flags & TN_PARAM_EXCLUSIVE ? _ ("more than %s") : _ ("at least %s"), minimum);
}

static char *
default_text (const TnParam *param)
{
  g_autoptr (TnValue) value = tn_param_default (param);

  return value != NULL ? tn_value_to_text (value) : g_strdup (_ ("required"));
}

/* ---- JSON ---- */

static TnValue *
bound_value (const TnParam *param, double bound)
{
  return param->kind == TN_PARAM_FLOAT || param->kind == TN_PARAM_NUMBERS
             ? tn_cli_json_float (bound)
             : tn_value_new_int ((gint64)bound);
}

static TnValue *
param_value (const TnParam *param)
{
  TnValue *fallback = tn_param_default (param);
  TnValue *choices = tn_value_new_none ();

  if (param->choices != NULL)
    {
      GPtrArray *items = g_ptr_array_new ();

      for (guint i = 0; param->choices[i] != NULL; i++)
        g_ptr_array_add (items, tn_cli_json_string (param->choices[i]));
      tn_value_unref (choices);
      choices = tn_cli_json_list (items);
    }
  return tn_cli_json_dict (
      "name", tn_cli_json_string (param->name), "label", tn_cli_json_string (_ (param->label)),
      "kind", tn_cli_json_string (kind_name (param->kind)), "required",
      tn_value_new_bool ((param->flags & TN_PARAM_REQUIRED) != 0), "optional",
      tn_value_new_bool ((param->flags & TN_PARAM_OPTIONAL) != 0), "default",
      fallback != NULL ? fallback : tn_value_new_none (), "minimum",
      has_bounds (param) ? bound_value (param, param->minimum) : tn_value_new_none (), "exclusive",
      tn_value_new_bool ((param->flags & TN_PARAM_EXCLUSIVE) != 0), "maximum",
      has_maximum (param) ? bound_value (param, param->maximum) : tn_value_new_none (), "length",
      param->length > 0 ? tn_cli_json_count (param->length) : tn_value_new_none (), "choices",
      choices, "help", tn_cli_json_string (_ (param->help)), NULL);
}

static TnValue *
layer_value (const TnLayer *layer)
{
  const TnSchema *schema = &layer->schema;
  GPtrArray *params = g_ptr_array_new ();

  for (guint i = 0; i < schema->n_params; i++)
    g_ptr_array_add (params, param_value (&schema->params[i]));
  return tn_cli_json_dict (
      "name", tn_cli_json_string (schema->type), "label", tn_cli_json_string (_ (layer->label)),
      "family", tn_cli_json_string (tn_family_name (layer->family)), "summary",
      tn_cli_json_string (_ (layer->summary)), "auto_name", tn_cli_json_string (schema->auto_name),
      "keras", tn_value_new_bool (schema->keras), "min_inputs",
      tn_cli_json_count (schema->min_inputs), "max_inputs",
      schema->max_inputs == G_MAXUINT ? tn_value_new_none ()
                                      : tn_cli_json_count (schema->max_inputs),
      "outputs", tn_cli_json_count (schema->n_outputs), "parameters", tn_cli_json_list (params),
      NULL);
}

/* ---- text ---- */

static void
write_catalogue (TnPaper *paper)
{
  g_autoptr (TnTable) table = tn_table_new ("ll");
  int family = -1;

  for (guint i = 0; i < tn_layer_count (); i++)
    {
      const TnLayer *layer = tn_layer_at (i);

      if (layer->hidden)
        continue;
      if ((int)layer->family != family)
        {
          family = (int)layer->family;
          tn_table_add (table, TN_INK_BOLD, g_strdup (tn_family_label (layer->family)));
          tn_table_add (table, TN_INK_PLAIN, NULL);
        }
      tn_table_add (table, TN_INK_PLAIN, g_strdup_printf ("  %s", layer->schema.type));
      tn_table_add (table, TN_INK_DIM, g_strdup (_ (layer->summary)));
    }
  tn_table_write (table, paper, 0);
}

static void
write_layer (const TnLayer *layer, TnPaper *paper)
{
  const TnSchema *schema = &layer->schema;

  tn_paper_write (paper, TN_INK_BOLD, "%s", schema->type);
  g_string_append_printf (paper->text, " — %s\n%s\n", _ (layer->label), _ (layer->summary));
  for (guint i = 0; i < schema->n_params; i++)
    {
      const TnParam *param = &schema->params[i];
      g_autofree char *fallback = default_text (param);
      g_autofree char *range = range_text (param);

      g_string_append_c (paper->text, '\n');
      tn_paper_write (paper, TN_INK_BOLD, "  %s", param->name);
      g_string_append_printf (paper->text, " = %s", fallback);
      g_string_append_c (paper->text, '\n');
      tn_paper_write_wrapped (paper, TN_INK_PLAIN, _ (param->help), 4);
      if (*range != '\0')
        tn_paper_write_wrapped (paper, TN_INK_DIM, range, 4);
    }
}

/* As typed, or else in any case. */
static const TnLayer *
find_layer (const char *name)
{
  const TnLayer *layer = tn_layer_find (name);

  for (guint i = 0; layer == NULL && i < tn_layer_count (); i++)
    if (g_ascii_strcasecmp (tn_layer_at (i)->schema.type, name) == 0)
      layer = tn_layer_at (i);
  return layer;
}

static TnExit
unknown_layer (const char *name)
{
  const TnLayer *best = NULL;
  guint best_match = 0;

  for (guint i = 0; i < tn_layer_count (); i++)
    {
      guint match = tn_layer_match (tn_layer_at (i), name);

      if (match > best_match)
        {
          best = tn_layer_at (i);
          best_match = match;
        }
    }
  if (best != NULL)
    return tn_cli_fail (TN_EXIT_USAGE, _ ("There is no layer called “%s”; is %s meant?"), name,
                        best->schema.type);
  return tn_cli_fail (TN_EXIT_USAGE,
                      _ ("There is no layer called “%s”; “tenon layers” lists all of them."), name);
}

static TnExit
run_layers (const TnCommand *command, int argc, char **argv)
{
  gboolean json = FALSE;
  g_auto (GStrv) rest = NULL;
  g_auto (TnPaper) paper = { 0 };
  const TnLayer *layer = NULL;
  TnExit code;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Answer in JSON"), NULL },
    { NULL },
  };

  if (!tn_command_parse (command, entries, argc, argv, 0, 1, &rest, &code))
    return code;
  if (rest[0] != NULL)
    {
      layer = find_layer (rest[0]);
      if (layer == NULL)
        return unknown_layer (rest[0]);
    }
  if (json)
    {
      GPtrArray *items = g_ptr_array_new ();

      for (guint i = 0; i < tn_layer_count (); i++)
        if (layer == NULL || layer == tn_layer_at (i))
          g_ptr_array_add (items, layer_value (tn_layer_at (i)));
      return tn_cli_print_json (tn_cli_json_dict ("layers", tn_cli_json_list (items), NULL),
                                TN_EXIT_OK);
    }
  paper = tn_paper_new (STDOUT_FILENO);
  if (layer != NULL)
    write_layer (layer, &paper);
  else
    write_catalogue (&paper);
  return tn_cli_print (paper.text->str, TN_EXIT_OK);
}

const TnCommand tn_command_layers = {
  .word = "layers",
  .arguments = N_ ("[NAME]"),
  .summary = N_ ("Lists the layers there are, or the parameters of one."),
  .run = run_layers,
};
