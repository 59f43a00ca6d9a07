/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tenon export: the picture of a model, or the model in another form. */
#include <math.h>
#include <string.h>

#include "cli/cli-private.h"
#include "scene/tn-scene.h"

typedef enum
{
  FORM_PICTURE,
  FORM_TENON,
  FORM_KERAS,
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
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Typed, typed_clear)

/* By the name after -F, or by the ending of the file where none was given. */
static Form
find_form (const Typed *typed, TnPictureFormat *picture)
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
  return FORM_UNKNOWN;
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
  if (typed->style != NULL && !g_str_equal (typed->style, "blocks"))
    {
      tn_cli_fail (TN_EXIT_USAGE, _ ("--style “%s” is not offered; what is offered is blocks."),
                   typed->style);
      return FALSE;
    }
  return TRUE;
}

static TnExit
export_picture (const TnSubject *subject, const char *output, TnPictureFormat format,
                const TnSceneOptions *scene_options, const TnPictureOptions *options)
{
  g_autoptr (TnGraph) graph = tn_layout (tn_subject_graph (subject), FALSE);
  g_autoptr (TnScene) scene = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  scene = tn_scene_new (graph, subject->facts, scene_options);
  if (!g_str_equal (output, "-"))
    {
      if (tn_picture_write (scene, output, format, options, &error))
        return TN_EXIT_OK;
      /* Also of a picture that is too large: --scale is what was wrong. */
      return tn_cli_fail (TN_EXIT_USAGE, "%s", error->message);
    }
  bytes = tn_picture_render (scene, format, options, &error);
  if (bytes == NULL)
    return tn_cli_fail (TN_EXIT_USAGE, "%s", error->message);
  return tn_cli_print_bytes (bytes, TN_EXIT_OK);
}

static TnExit
unknown_form (const Typed *typed)
{
  g_autofree char *output = g_filename_display_name (typed->output);

  if (typed->format != NULL)
    return tn_cli_fail (
        TN_EXIT_USAGE,
        _ ("The format “%s” is not offered; what is offered is png, svg, pdf, tenon and json."),
        typed->format);
  if (g_str_equal (typed->output, "-"))
    return tn_cli_fail (TN_EXIT_USAGE,
                        _ ("Standard output has no ending that tells the format; say it with -F: "
                           "png, svg, pdf, tenon or json."));
  return tn_cli_fail (TN_EXIT_USAGE,
                      _ ("%s: this ending is not offered; what is offered is .png, .svg, .pdf, "
                         ".tenon and .json, or -F and one of these."),
                      output);
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
  TnExit code;
  Form form;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &typed.output,
      N_ ("Where to write; “-” is standard output"), N_ ("OUT") },
    { "format", 'F', 0, G_OPTION_ARG_STRING, &typed.format,
      N_ ("What to write, where the ending of OUT does not tell"), "png|svg|pdf|tenon|json" },
    { "scale", 0, 0, G_OPTION_ARG_STRING, &typed.scale,
      N_ ("How large the picture is: 2 doubles the pixels of a PNG"), N_ ("X") },
    { "theme", 0, 0, G_OPTION_ARG_STRING, &typed.theme, N_ ("Colours of the picture"),
      "light|dark|print" },
    { "style", 0, 0, G_OPTION_ARG_STRING, &typed.style, N_ ("Kind of drawing"), "blocks" },
    { "direction", 0, 0, G_OPTION_ARG_STRING, &typed.direction,
      N_ ("Which way the model flows in the picture"), "down|right" },
    { NULL },
  };

  if (!tn_command_parse (command, entries, argc, argv, 1, 1, &rest, &code))
    return code;
  if (typed.output == NULL)
    return tn_cli_fail (TN_EXIT_USAGE,
                        _ ("“tenon export” needs -o OUT: where is it to be written?"));
  form = find_form (&typed, &picture);
  if (form == FORM_UNKNOWN)
    return unknown_form (&typed);
  if (!read_options (&typed, &scene_options, &options))
    return TN_EXIT_USAGE;
  if (!tn_subject_read (&subject, rest[0], NULL, NULL, &code))
    return code;
  if (form == FORM_PICTURE)
    return export_picture (&subject, typed.output, picture, &scene_options, &options);
  bytes = form == FORM_TENON ? tn_format_write_tenon (tn_subject_graph (&subject))
                             : tn_format_write_keras (tn_subject_graph (&subject));
  return write_bytes (bytes, typed.output);
}

const TnCommand tn_command_export = {
  .word = "export",
  .arguments = N_ ("FILE"),
  .summary = N_ ("Draws a model as PNG, SVG or PDF, or writes it as .tenon or as Keras JSON."),
  .details = N_ ("The ending of OUT says what is written: .png, .svg, .pdf, .tenon or .json "
                 "(Keras). A model with problems is drawn with them."),
  .run = run_export,
};
