/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of example models, which are resources of the program. */
#include "app/tn-examples.h"

#include "base/tn-i18n.h"
#include "formats/tn-format.h"

static const TnExample examples[] = {
  { "conv-flatten-dense", N_ ("A small convolutional network"),
    N_ ("Two convolutions, a pooling and a Dense on small gray images: the one to begin with."),
    FALSE },
  { "conv-pool-flatten-dense", N_ ("The same with a second pooling"),
    N_ ("One pooling more, and the Dense needs a fifth of the weights."), FALSE },
  { "mlp", N_ ("Multilayer perceptron"),
    N_ ("Three Dense layers that tell digits apart, without a convolution."), FALSE },
  { "lenet", N_ ("LeNet-5"),
    N_ ("The network that read handwritten digits in the nineties, with tanh and mean pooling."),
    FALSE },
  { "small-vgg", N_ ("Small VGG"),
    N_ ("Pairs of 3×3 convolutions that double the channels whenever the size is halved."), FALSE },
  { "resnet", N_ ("Small ResNet"),
    N_ ("Residual blocks: each adds to what comes in, past two convolutions."), FALSE },
  { "unet", N_ ("U-Net"),
    N_ ("Marks every pixel of an image: three steps down, three up, with shortcuts between."),
    FALSE },
  { "autoencoder", N_ ("Autoencoder"),
    N_ ("Squeezes an image into 32 numbers and paints it again from them."), FALSE },
  { "text-classifier", N_ ("Text classifier"),
    N_ ("Words as vectors, two LSTM layers that read them in turn, and one answer."), FALSE },
  { "transformer", N_ ("Transformer encoder"),
    N_ ("Two blocks of self-attention over a text, and what the text is about."), FALSE },
  { "two-inputs", N_ ("Two inputs"),
    N_ ("Guesses a price from a photo and a table, joined in the middle."), FALSE },
  { "missing-flatten", N_ ("A forgotten Flatten"),
    N_ ("A Dense gets a whole feature map where it wants one row."), TRUE },
  { "reshape-1600", N_ ("A Reshape that does not add up"),
    N_ ("The numbers of a sample do not fit the shape that is asked for."), TRUE },
  { "dense-256-meets-4096", N_ ("Weights made for another width"),
    N_ ("A Dense that was trained on 256 features now gets 4096."), TRUE },
  { "target-4096-on-dense-256", N_ ("Labels wider than the output"),
    N_ ("The labels have 4096 numbers, the model puts out 256."), TRUE },
  { NULL },
};

const TnExample *
tn_examples (void)
{
  return examples;
}

const TnExample *
tn_example_find (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  for (const TnExample *example = examples; example->name != NULL; example++)
    if (g_str_equal (example->name, name))
      return example;
  return NULL;
}

TnGraph *
tn_example_read (const TnExample *example, GError **error)
{
  g_return_val_if_fail (example != NULL, NULL);

  TnFormat format;
  g_autofree char *path = g_strdup_printf ("/org/tenonapp/Tenon/examples/%s.tenon", example->name);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  return bytes != NULL ? tn_format_parse (bytes, example->name, &format, error) : NULL;
}
