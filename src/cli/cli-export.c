/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tenon export: the picture of a model, the model in another form, or code that makes it. */
#include <string.h>

#include "cli/cli-picture.h"
#include "cli/cli-private.h"
#include "codegen/tn-code.h"

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
  TnTypedPicture picture;
} Typed;

static void
typed_clear (Typed *typed)
{
  g_free (typed->output);
  g_free (typed->format);
  tn_typed_picture_clear (&typed->picture);
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
  TnPictureFormat picture = TN_PICTURE_PNG;
  const TnCodeTarget *target = NULL;
  TnExit code;
  Form form;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &typed.output,
      N_ ("Where to write; “-” is standard output"), N_ ("OUT") },
    { "format", 'F', 0, G_OPTION_ARG_STRING, &typed.format,
      N_ ("What to write, where the ending of OUT does not tell"), N_ ("FORMAT") },
    { "style", 0, 0, G_OPTION_ARG_STRING, &typed.picture.style, N_ ("Kind of drawing"),
      "blocks|volumes" },
    { "show", 0, 0, G_OPTION_ARG_STRING, &typed.picture.show,
      N_ ("What is written: shapes, kernels, names, parameters, legend, title, all, none; “+title” "
          "adds to what is usual, “-names” takes from it"),
      N_ ("LIST") },
    { "theme", 0, 0, G_OPTION_ARG_STRING, &typed.picture.theme, N_ ("Colours of the picture"),
      "light|dark|print|mono" },
    { "direction", 0, 0, G_OPTION_ARG_STRING, &typed.picture.direction,
      N_ ("Which way the model flows in the picture"), "down|right" },
    { "wires", 0, 0, G_OPTION_ARG_STRING, &typed.picture.wires, N_ ("How wires run in the picture"),
      "curved|orthogonal" },
    { "only", 0, 0, G_OPTION_ARG_STRING_ARRAY, &typed.picture.only,
      N_ ("Draw this layer or group and none but those named; can be given again"), N_ ("NAME") },
    { "transparent", 0, 0, G_OPTION_ARG_NONE, &typed.picture.transparent,
      N_ ("Without a background"), NULL },
    { "scale", 0, 0, G_OPTION_ARG_STRING, &typed.picture.scale,
      N_ ("How large the picture is: 2 doubles the pixels of a PNG"), N_ ("X") },
    { "dpi", 0, 0, G_OPTION_ARG_STRING, &typed.picture.dpi,
      N_ ("The same in pixels per inch: 96 is scale 1"), N_ ("N") },
    { "paper", 0, 0, G_OPTION_ARG_STRING, &typed.picture.paper, N_ ("Size of a PDF’s pages"),
      "drawing|a4|a3|letter|slide" },
    { "orientation", 0, 0, G_OPTION_ARG_STRING, &typed.picture.orientation,
      N_ ("Which way a PDF’s pages stand"), "auto|portrait|landscape" },
    { "spread", 0, 0, G_OPTION_ARG_NONE, &typed.picture.spread,
      N_ ("Over as many pages as it needs, instead of fitted on one"), NULL },
    { "no-model", 0, 0, G_OPTION_ARG_NONE, &typed.picture.no_model,
      N_ ("Leave the model out of the picture, which could be opened otherwise"), NULL },
    { "heat", 0, 0, G_OPTION_ARG_STRING, &typed.picture.heat,
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
  if (!tn_typed_picture_check (&typed.picture))
    return TN_EXIT_USAGE;
  if (!tn_subject_read (&subject, rest[0], NULL, NULL, &code))
    return code;
  if (form == FORM_PICTURE)
    return tn_cli_export_picture (&subject, &typed.picture, typed.output, picture);
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
