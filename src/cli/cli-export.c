/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tenon export: the picture of a model, the model in another form, or code that makes it. */
#include <math.h>
#include <string.h>

#include "cli/cli-private.h"
#include "codegen/tn-code.h"
#include "formats/tn-carrier.h"
#include "exec/tn-run.h"
#include "scene/tn-scene.h"

typedef enum
{
  FORM_PICTURE,
  FORM_TENON,
  FORM_KERAS,
  FORM_CODE,
  FORM_UNKNOWN,
} Form;

typedef struct
{
  char *output;
  char *format;
  char *scale;
  char *theme;
  char *style;
  char *direction;
  char *wires;
  gboolean no_model;
  char *heat;
} Typed;

static void
typed_clear (Typed *typed)
{
  g_free (typed->output);
  g_free (typed->format);
  g_free (typed->scale);
  g_free (typed->theme);
  g_free (typed->style);
  g_free (typed->direction);
  g_free (typed->wires);
  g_free (typed->heat);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Typed, typed_clear)

/* By the name after -F, or by the ending of the file where none was given. */
static Form
find_form (const Typed *typed, TnPictureFormat *picture, const TnCodeTarget **code)
{
  const char *name = typed->format;

  if (name == NULL)
    {
      const char *base = strrchr (typed->output, G_DIR_SEPARATOR);

      name = strrchr (base != NULL ? base : typed->output, '.');
      if (name == NULL)
        return FORM_UNKNOWN;
      name++;
      /* A .keras file is an archive with weights in it, which is not what is written here. */
      if (g_ascii_strcasecmp (name, "keras") == 0)
        return FORM_UNKNOWN;
    }
  if (strchr (name, '.') == NULL && strchr (name, G_DIR_SEPARATOR) == NULL
      && tn_picture_format_from_name (name, picture))
    return FORM_PICTURE;
  if (g_ascii_strcasecmp (name, "tenon") == 0)
    return FORM_TENON;
  if (g_ascii_strcasecmp (name, "json") == 0 || g_ascii_strcasecmp (name, "keras") == 0)
    return FORM_KERAS;
  *code = typed->format != NULL ? tn_code_find (name) : tn_code_find_ending (name);
  return *code != NULL ? FORM_CODE : FORM_UNKNOWN;
}

static TnExit
write_bytes (GBytes *bytes, const char *output)
{
  g_autoptr (GError) error = NULL;

  if (g_str_equal (output, "-"))
    return tn_cli_print_bytes (bytes, TN_EXIT_OK);
  if (!tn_format_save (bytes, output, &error))
    return tn_cli_fail_error (error);
  return TN_EXIT_OK;
}

/* FALSE after a message. */
static gboolean
read_options (const Typed *typed, TnSceneOptions *scene, TnPictureOptions *picture)
{
  char *end = NULL;

  *scene = (TnSceneOptions){ .theme = TN_THEME_LIGHT, .direction = TN_DIRECTION_DOWN };
  *picture = (TnPictureOptions){ .scale = 1, .margin = 24 };
  if (typed->scale != NULL)
    {
      picture->scale = g_ascii_strtod (typed->scale, &end);
      if (end == typed->scale || *end != '\0' || !isfinite (picture->scale) || picture->scale <= 0
          || picture->scale > 1000)
        {
          tn_cli_fail (TN_EXIT_USAGE,
                       _ ("--scale needs a number above 0, as in 2 or 0.5, not “%s”."),
                       typed->scale);
          return FALSE;
        }
    }
  if (typed->theme != NULL && !tn_theme_from_name (typed->theme, &scene->theme))
    {
      tn_cli_fail (TN_EXIT_USAGE, _ ("--theme is one of light, dark and print, not “%s”."),
                   typed->theme);
      return FALSE;
    }
  if (typed->direction != NULL && !tn_direction_from_name (typed->direction, &scene->direction))
    {
      tn_cli_fail (TN_EXIT_USAGE, _ ("--direction is either down or right, not “%s”."),
                   typed->direction);
      return FALSE;
    }
  if (typed->wires != NULL && !tn_wires_from_name (typed->wires, &scene->wires))
    {
      tn_cli_fail (TN_EXIT_USAGE, _ ("--wires is either curved or orthogonal, not “%s”."),
                   typed->wires);
      return FALSE;
    }
  if (typed->style != NULL && !g_str_equal (typed->style, "blocks"))
    {
      tn_cli_fail (TN_EXIT_USAGE, _ ("--style “%s” is not offered; what is offered is blocks."),
                   typed->style);
      return FALSE;
    }
  if (typed->heat != NULL && !tn_heat_from_name (typed->heat, &scene->heat))
    {
      tn_cli_fail (TN_EXIT_USAGE,
                   _ ("--heat is one of none, params, macs, memory and time, not “%s”."),
                   typed->heat);
      return FALSE;
    }
  return TRUE;
}

/* How long each layer takes, of #TnHeatTime, by a run of one batch; NULL with an error. */
static GArray *
measure_times (const TnFacts *facts, GError **error)
{
  TnRunOptions options = tn_run_options_default ();
  g_autoptr (TnPlan) plan = NULL;
  g_autoptr (TnRunResult) result = NULL;
  GArray *times;

  options.samples = options.batch;
  plan = tn_plan_new (facts, &options, NULL, error);
  if (plan != NULL)
    result = tn_plan_run (plan, NULL, NULL, NULL, error);
  if (result == NULL)
    return NULL;
  times = g_array_new (FALSE, FALSE, sizeof (TnHeatTime));
  for (guint i = 0; i < result->layers->len; i++)
    {
      const TnLayerRun *layer = &g_array_index (result->layers, TnLayerRun, i);
      TnHeatTime time = { layer->node, layer->seconds };

      g_array_append_val (times, time);
    }
  return times;
}

static TnExit
export_picture (const TnSubject *subject, const char *output, TnPictureFormat format,
                const TnSceneOptions *scene_options, const TnPictureOptions *options,
                gboolean with_model)
{
  static const TnCarrier carriers[] = {
    [TN_PICTURE_PNG] = TN_CARRIER_PNG,
    [TN_PICTURE_SVG] = TN_CARRIER_SVG,
    [TN_PICTURE_PDF] = TN_CARRIER_PDF,
  };
  g_autoptr (TnGraph) graph = tn_layout (tn_facts_whole (subject->facts), FALSE);
  g_autoptr (TnScene) scene = NULL;
  g_autoptr (GBytes) picture = NULL, bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) times = NULL;
  TnSceneOptions shown = *scene_options;

  if (shown.heat == TN_HEAT_TIME)
    {
      times = measure_times (subject->facts, &error);
      if (times == NULL)
        return tn_cli_fail_error (error);
      shown.times = times;
    }
  scene = tn_scene_new (graph, subject->facts, &shown);
  picture = tn_picture_render (scene, format, options, &error);
  /* Also of a picture that is too large: --scale is what was wrong. */
  if (picture == NULL)
    return tn_cli_fail (TN_EXIT_USAGE, "%s", error->message);
  bytes = with_model ? tn_carrier_load (carriers[format], picture, graph) : g_bytes_ref (picture);
  if (g_str_equal (output, "-"))
    return tn_cli_print_bytes (bytes, TN_EXIT_OK);
  if (!tn_picture_save (bytes, output, &error))
    return tn_cli_fail (TN_EXIT_USAGE, "%s", error->message);
  return TN_EXIT_OK;
}

static TnExit
export_code (const TnSubject *subject, const char *output, const TnCodeTarget *target)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GString *text = tn_code_write (target, subject->facts, &error);

  if (text == NULL)
    return tn_cli_fail_error (error);
  bytes = g_string_free_to_bytes (text);
  return write_bytes (bytes, output);
}

/* "png, svg, …" with the code as well. */
static char *
offered_formats (void)
{
  GString *list = g_string_new ("png, svg, pdf, tenon, json");

  for (guint i = 0; tn_code_targets ()[i] != NULL; i++)
    g_string_append_printf (list, ", %s", tn_code_targets ()[i]->name);
  return g_string_free (list, FALSE);
}

/* ".png, .svg, …", each once. */
static char *
offered_endings (void)
{
  GString *list = g_string_new (".png, .svg, .pdf, .tenon, .json");

  for (guint i = 0; tn_code_targets ()[i] != NULL; i++)
    {
      const TnCodeTarget *target = tn_code_targets ()[i];

      if (tn_code_find_ending (target->ending) == target)
        g_string_append_printf (list, ", .%s", target->ending);
    }
  return g_string_free (list, FALSE);
}

static TnExit
unknown_form (const Typed *typed)
{
  g_autofree char *output = g_filename_display_name (typed->output);
  g_autofree char *formats = offered_formats ();
  g_autofree char *endings = offered_endings ();

  if (typed->format != NULL)
    return tn_cli_fail (TN_EXIT_USAGE,
                        _ ("The format “%s” is not offered; what is offered is: %s."),
                        typed->format, formats);
  if (g_str_equal (typed->output, "-"))
    return tn_cli_fail (
        TN_EXIT_USAGE,
        _ ("Standard output has no ending that tells the format; say it with -F: %s."), formats);
  return tn_cli_fail (
      TN_EXIT_USAGE,
      _ ("%s: this ending is not offered; what is offered is: %s; or -F and a format."), output,
      endings);
}

static TnExit
run_export (const TnCommand *command, int argc, char **argv)
{
  g_auto (Typed) typed = { 0 };
  g_auto (GStrv) rest = NULL;
  g_auto (TnSubject) subject = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  TnSceneOptions scene_options;
  TnPictureOptions options;
  TnPictureFormat picture = TN_PICTURE_PNG;
  const TnCodeTarget *target = NULL;
  TnExit code;
  Form form;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &typed.output,
      N_ ("Where to write; “-” is standard output"), N_ ("OUT") },
    { "format", 'F', 0, G_OPTION_ARG_STRING, &typed.format,
      N_ ("What to write, where the ending of OUT does not tell"), N_ ("FORMAT") },
    { "scale", 0, 0, G_OPTION_ARG_STRING, &typed.scale,
      N_ ("How large the picture is: 2 doubles the pixels of a PNG"), N_ ("X") },
    { "theme", 0, 0, G_OPTION_ARG_STRING, &typed.theme, N_ ("Colours of the picture"),
      "light|dark|print" },
    { "style", 0, 0, G_OPTION_ARG_STRING, &typed.style, N_ ("Kind of drawing"), "blocks" },
    { "direction", 0, 0, G_OPTION_ARG_STRING, &typed.direction,
      N_ ("Which way the model flows in the picture"), "down|right" },
    { "wires", 0, 0, G_OPTION_ARG_STRING, &typed.wires, N_ ("How wires run in the picture"),
      "curved|orthogonal" },
    { "no-model", 0, 0, G_OPTION_ARG_NONE, &typed.no_model,
      N_ ("Leave the model out of the picture, which could be opened otherwise"), NULL },
    { "heat", 0, 0, G_OPTION_ARG_STRING, &typed.heat,
      N_ ("Colours each layer by what it costs; time runs the model once"),
      "none|params|macs|memory|time" },
    { NULL },
  };

  if (!tn_command_parse (command, entries, argc, argv, 1, 1, &rest, &code))
    return code;
  if (typed.output == NULL)
    return tn_cli_fail (TN_EXIT_USAGE,
                        _ ("“tenon export” needs -o OUT: where is it to be written?"));
  form = find_form (&typed, &picture, &target);
  if (form == FORM_UNKNOWN)
    return unknown_form (&typed);
  if (!read_options (&typed, &scene_options, &options))
    return TN_EXIT_USAGE;
  if (!tn_subject_read (&subject, rest[0], NULL, NULL, &code))
    return code;
  if (typed.direction == NULL)
    scene_options.direction = tn_graph_direction (tn_subject_graph (&subject));
  if (form == FORM_PICTURE)
    return export_picture (&subject, typed.output, picture, &scene_options, &options,
                           !typed.no_model);
  if (form == FORM_CODE)
    return export_code (&subject, typed.output, target);
  bytes = form == FORM_TENON ? tn_format_write_tenon (tn_facts_whole (subject.facts))
                             : tn_format_write_keras (tn_facts_whole (subject.facts));
  return write_bytes (bytes, typed.output);
}

const TnCommand tn_command_export = {
  .word = "export",
  .arguments = N_ ("FILE"),
  .summary
  = N_ ("Draws a model as PNG, SVG or PDF, or writes it as code, as .tenon or as Keras JSON."),
  .details = N_ (
      "The ending of OUT says what is written: .png, .svg or .pdf; .tenon or .json (Keras); .py "
      "(code for Keras), .dot (Graphviz), .mmd (Mermaid) or .txt (a summary). FORMAT is png, svg, "
      "pdf, tenon, json, keras-code, torch-code (for PyTorch), dot, mmd or txt. A model with "
      "problems is drawn with them, but is not written as code."),
  .run = run_export,
};
